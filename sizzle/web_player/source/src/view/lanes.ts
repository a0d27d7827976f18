// The cadence as two strips, one per member; each cut is as wide as it is long, in its rank's colour.

import { cutAt, letterOf } from "../cuts";
import { timecode } from "../frames";
import type { Cut, Reel } from "../wire";
import { colour, find, make } from "./dom";

export class Lanes {
  readonly #slider = find("#lanes");
  readonly #playhead = find("#playhead");
  readonly #acts = find("#acts");
  readonly #blocks: HTMLElement[][] = [[], []];
  #reel: Reel | undefined;
  #frames = 0;
  #marked = -1;

  /** @param onSeek called with the frame that was pointed at. */
  constructor(onSeek: (frame: number) => void) {
    const seek = (event: PointerEvent): void => onSeek(this.#frameAt(event.clientX));
    this.#slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.#frames) return;
      this.#slider.setPointerCapture(event.pointerId);
      seek(event);
    });
    this.#slider.addEventListener("pointermove", (event) => {
      if (this.#slider.hasPointerCapture(event.pointerId)) seek(event);
    });
  }

  draw(side: number, reel: Reel | undefined): void {
    const lane = find(`.lane[data-side="${side}"]`);
    const blocks = (reel?.cuts ?? []).map(block);
    lane.style.gridTemplateColumns = columns((reel?.cuts ?? []).map(lengthOf));
    lane.replaceChildren(...blocks);
    this.#blocks[side] = blocks;
    this.#marked = -1;
    if (!reel) return;
    this.#reel = reel;
    this.#frames = reel.duration.frame;
    const lengths = segmentLengths(reel);
    this.#acts.style.gridTemplateColumns = columns([...lengths.values()]);
    const acts = [...lengths.keys()].map((segment) => make("span", "", `Segment ${segment}`));
    this.#acts.replaceChildren(...acts);
    this.#slider.setAttribute("aria-valuemax", String(this.#frames - 1));
  }

  show(frame: number): void {
    if (!this.#reel) return;
    this.#playhead.style.setProperty("--at", String((frame + 0.5) / this.#frames));
    const at = timecode(frame, this.#reel.rate);
    const index = cutAt(this.#reel.cuts, frame);
    this.#slider.setAttribute("aria-valuenow", String(frame));
    this.#slider.setAttribute("aria-valuetext", `${at}, cut ${index + 1}`);
    this.#mark(index);
  }

  #mark(index: number): void {
    if (index === this.#marked) return;
    for (const blocks of this.#blocks) {
      blocks[this.#marked]?.classList.remove("now");
      blocks[index]?.classList.add("now");
    }
    this.#marked = index;
  }

  #frameAt(x: number): number {
    const { left, width } = this.#slider.getBoundingClientRect();
    return Math.floor(((x - left) / width) * this.#frames);
  }
}

function block(cut: Cut): HTMLElement {
  const element = make("div", "block");
  colour(element, cut.rank);
  element.title = `${letterOf(cut.rank)} · ${cut.title} · ${cut.clip_key}`;
  element.append(make("b", "", letterOf(cut.rank)), make("span", "", cut.title));
  return element;
}

/** Frames of each segment of the cadence. */
function segmentLengths(reel: Reel): Map<number, number> {
  const lengths = new Map<number, number>();
  for (const cut of reel.cuts) {
    lengths.set(cut.segment, (lengths.get(cut.segment) ?? 0) + lengthOf(cut));
  }
  return lengths;
}

function columns(lengths: readonly number[]): string {
  return lengths.map((length) => `minmax(0, ${length}fr)`).join(" ");
}

function lengthOf(cut: Cut): number {
  return cut.record.stop.frame - cut.record.start.frame;
}
