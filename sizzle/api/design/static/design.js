// What all pages do: one press is one press, one menu at a time, and lists that wait look again.

for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    else if (!event.defaultPrevented) {
      form.dataset.sent = "1";
      event.submitter?.setAttribute("aria-busy", "true");
    }
  });
}

// A page that comes back from the browser's memory may be sent again: the service knows the press.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

const menus = "details.confirm[open], details.menu[open]";

addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(menus)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(menus)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A choice in a form of choices takes effect at once; without a script, a button does it.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// A page that waits for something loads itself again while it is looked at.
const waiting = document.querySelector("[data-reload]");
if (waiting) {
  setInterval(() => {
    if (!document.hidden && !document.querySelector("form[data-sent]")) location.reload();
  }, Number(waiting.dataset.reload) * 1000);
}

// A page that follows something is replaced where it changes: no form that is being filled in is.
const followed = document.querySelector("[data-follow]");
if (followed) {
  const source = new EventSource(followed.dataset.follow);
  source.addEventListener("change", async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    for (const part of document.querySelectorAll("[data-changes]")) {
      const newer = page.getElementById(part.id);
      if (newer) part.replaceChildren(...newer.childNodes);
    }
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
}
