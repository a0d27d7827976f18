// The table, the timeline and the frame show one finding, or one place, together.

import { makeTable } from "./table.js";
import { timecodes } from "./timecode.js";
import { makeTimeline } from "./timeline.js";
import { makeViewer } from "./viewer.js";

const rows = [...document.querySelectorAll(".findings tbody tr")];
const picture = document.querySelector(".timeline");
const viewer = makeViewer(document.querySelector(".viewer"), timecodes(picture.dataset), (frame) =>
  timeline.point(frame),
);
const timeline = makeTimeline(picture, {
  onFinding: (number) => select(rows[number - 1], { scroll: true }),
  onFrame: (frame, says) => {
    mark(null);
    viewer.show(frame, says);
  },
});

function mark(row) {
  for (const each of rows) each.classList.toggle("selected", each === row);
}

function select(row, { scroll = false } = {}) {
  if (!row) return;
  mark(row);
  if (scroll) row.scrollIntoView({ block: "nearest" });
  timeline.pick(Number(row.dataset.number));
  viewer.showFinding(row);
}

for (const row of rows) {
  row.addEventListener("click", (event) => {
    if (event.target.closest(".rule") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(row);
  });
}

// Which rule it is, where it is explained.
for (const link of document.querySelectorAll(".rule")) {
  link.addEventListener("click", () => {
    document.querySelector("#rules").open = true;
  });
}

for (const link of document.querySelectorAll(".strip a")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    mark(null);
    viewer.show(Number(link.dataset.frame), link.querySelector("b").textContent);
  });
}

const form = document.querySelector(".filter");
if (form) makeTable(form, document.querySelector(".findings"), rows, timeline.show);

addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    const shown = [...document.querySelectorAll(".findings tbody tr:not([hidden])")];
    const at = shown.findIndex((row) => row.classList.contains("selected"));
    const row = shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
    select(row, { scroll: true });
    row?.querySelector("a").focus({ preventScroll: true });
  } else if (event.key === "+" || event.key === "=") timeline.zoom(1);
  else if (event.key === "-") timeline.zoom(-1);
});

const named = rows.find((row) => `#${row.id}` === location.hash);
if (named) select(named, { scroll: true });
else if (matchMedia("(min-width: 60rem)").matches) select(rows[0]);
