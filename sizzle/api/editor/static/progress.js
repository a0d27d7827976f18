// Follows a check to its end, then shows what it found.

const section = document.querySelector(".progress");
const bar = section.querySelector("progress");
const note = section.querySelector("[data-note]");
const steps = [...section.querySelectorAll("[data-step]")];
const events = new EventSource(section.dataset.events);

function end() {
  events.close();
  location.reload();
}

events.addEventListener("progress", (event) => {
  const { step, number, of } = JSON.parse(event.data);
  bar.max = of;
  bar.value = number - 1;
  note.textContent = "";
  const now = steps.findIndex((each) => each.dataset.step === step);
  steps.forEach((each, at) => {
    each.className = at < now ? "done" : at === now ? "now" : "";
  });
});
events.addEventListener("crashed", () => {
  note.textContent = "The reader crashed; trying once more.";
});
events.addEventListener("done", end);
events.addEventListener("failed", end);
// An answer that ends the stream for good: the check is over, or was discarded.
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) location.reload();
});
