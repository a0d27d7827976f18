// Keys of the 1:1 page, which can be turned off: previous, next, agree, disagree.

const choice = document.querySelector("#keys");
const stored = "one-to-one-keys";
choice.closest("[hidden]").hidden = false;
choice.checked = localStorage.getItem(stored) !== "off";
choice.addEventListener("change", () => localStorage.setItem(stored, choice.checked ? "on" : "off"));

const press = {
  ArrowLeft: () => document.querySelector('[data-key="ArrowLeft"]')?.click(),
  ArrowRight: () => document.querySelector('[data-key="ArrowRight"]')?.click(),
  a: () => document.querySelector('form[action$="/agree"] button:not(:disabled)')?.click(),
  d: () => document.querySelector(".disagree input[name=reason]")?.focus(),
};

addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, video");
  if (!choice.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = press[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
