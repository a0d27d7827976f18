// The picture of the timeline: zoom, the chosen finding, and the place that is shown.

const FARTHEST = 32;
const FINEST = 7;
const TWO_TIMECODES = 290; // pixels

export function makeTimeline(root, { onFinding, onFrame }) {
  const picture = root.querySelector(".picture");
  const scroll = root.querySelector(".scroll");
  const playhead = root.querySelector(".playhead");
  const frames = Number(root.dataset.frames);
  const pins = new Map([...root.querySelectorAll(".pin")].map((pin) => [pin.dataset.number, pin]));
  const buttons = [...root.querySelectorAll("[data-zoom]")].filter((each) => each.tagName === "BUTTON");
  let wide = 1;

  // The frame in the middle stays in the middle, or the one that is pointed at where that is.
  function zoom(direction, share = 0.5) {
    const middle = (scroll.scrollLeft + scroll.clientWidth * share) / picture.clientWidth;
    wide = Math.min(FARTHEST, Math.max(1, direction > 0 ? wide * 2 : wide / 2));
    picture.setAttribute("width", `${wide * 100}%`);
    setLevel();
    scroll.scrollLeft = middle * picture.clientWidth - scroll.clientWidth * share;
    for (const each of buttons) {
      each.disabled = each.dataset.zoom === "in" ? wide === FARTHEST : wide === 1;
    }
  }

  // How many timecodes the ruler has room for.
  function setLevel() {
    picture.dataset.level = Math.min(FINEST, Math.max(0, Math.floor(Math.log2(picture.clientWidth / TWO_TIMECODES))));
  }

  function point(frame) {
    const place = `${(100 * frame) / frames}%`;
    playhead.setAttribute("x1", place);
    playhead.setAttribute("x2", place);
    playhead.setAttribute("visibility", "visible");
    const x = (frame / frames) * picture.clientWidth;
    if (x < scroll.scrollLeft || x > scroll.scrollLeft + scroll.clientWidth) {
      scroll.scrollLeft = x - scroll.clientWidth / 2;
    }
  }

  function pick(number) {
    for (const [each, pin] of pins) pin.classList.toggle("selected", each === String(number));
  }

  picture.addEventListener("click", (event) => {
    const pin = event.target.closest(".pin");
    if (pin) {
      event.preventDefault();
      onFinding(Number(pin.dataset.number));
      return;
    }
    pick(0);
    const box = picture.getBoundingClientRect();
    const frame = Math.min(frames - 1, Math.floor(((event.clientX - box.left) / box.width) * frames));
    const bar = event.target.closest(".bar");
    onFrame(frame, bar ? bar.querySelector("title").textContent.split("\n")[0] : "");
  });
  scroll.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = scroll.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1 : -1, (event.clientX - box.left) / box.width);
    },
    { passive: false },
  );
  for (const each of buttons) {
    each.hidden = false;
    each.disabled = each.dataset.zoom === "out";
    each.addEventListener("click", () => zoom(each.dataset.zoom === "in" ? 1 : -1));
  }

  addEventListener("resize", setLevel);
  setLevel();

  return {
    zoom,
    point,
    pick,
    show: (numbers) => {
      for (const [each, pin] of pins) pin.classList.toggle("hidden", !numbers.has(each));
    },
  };
}
