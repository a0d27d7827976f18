// A cut list that follows the playback.

import { cutAt, letterOf } from "../cuts";
import type { Cut, Reel } from "../wire";
import { colour, find, make, stamp } from "./dom";

const HANDS_OFF = 4000; // ms that the list stays where the user scrolled it to

export class CutList {
  readonly element = stamp("list");
  #rows: HTMLTableRowElement[] = [];
  #reel: Reel | undefined;
  #current = -1;
  #touched = -Infinity;

  constructor(readonly onSeek: (frame: number) => void) {
    for (const event of ["wheel", "touchmove", "pointerdown"]) {
      const touched = (): void => void (this.#touched = performance.now());
      this.element.addEventListener(event, touched, { passive: true });
    }
  }

  draw(reel: Reel | undefined): void {
    this.#reel = reel;
    this.#current = -1;
    this.#rows = (reel?.cuts ?? []).map((cut) => this.#row(cut));
    find("tbody", this.element).replaceChildren(...this.#rows);
    const caption = reel ? `${reel.member_id}: ${reel.cuts.length} cuts, ${reel.duration.timecode}` : "";
    find("caption", this.element).textContent = caption;
  }

  show(frame: number): void {
    const index = this.#reel ? cutAt(this.#reel.cuts, frame) : -1;
    if (index === this.#current) return;
    this.#rows[this.#current]?.removeAttribute("aria-current");
    this.#current = index;
    const row = this.#rows[index];
    if (!row) return;
    row.setAttribute("aria-current", "true");
    if (performance.now() - this.#touched > HANDS_OFF) this.#follow(row);
  }

  /** Keep the row in the middle, and scroll nothing but the list itself. */
  #follow(row: HTMLTableRowElement): void {
    const top = row.offsetTop - (this.element.clientHeight - row.offsetHeight) / 2;
    this.element.scrollTo({ top, behavior: calm() ? "instant" : "smooth" });
  }

  #row(cut: Cut): HTMLTableRowElement {
    const row = make("tr");
    colour(row, cut.rank);
    const go = make("button", "", cut.title);
    go.type = "button";
    const { start, stop } = cut.record;
    row.addEventListener("click", () => this.onSeek(start.frame));
    const title = make("td", "title");
    title.append(go);
    const rank = make("td");
    rank.append(make("b", "chip", letterOf(cut.rank)));
    row.append(
      rank,
      title,
      make("td", "key", cut.clip_key),
      make("td", "time", cut.source.start.timecode),
      make("td", "time", start.timecode),
      make("td", "time length", String(stop.frame - start.frame)),
    );
    return row;
  }
}

function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
