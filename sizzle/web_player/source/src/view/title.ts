// What the reel has of one title.

import { letterOf } from "../cuts";
import { timecode } from "../frames";
import type { Reel } from "../wire";
import { colour, find, make } from "./dom";

export class TitleView {
  readonly #dialog = find<HTMLDialogElement>("#title");

  /** @param onSeek called with the frame at which a cut begins. */
  constructor(readonly onSeek: (frame: number) => void) {
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close(); // beside it
    });
  }

  open(reel: Reel, rank: number): void {
    const cuts = reel.cuts.filter((cut) => cut.rank === rank);
    find("#title-name").textContent = cuts[0]?.title ?? "";
    const frames = cuts.reduce((sum, { record }) => sum + record.stop.frame - record.start.frame, 0);
    find("#title-facts").textContent =
      `Rank ${letterOf(rank)} of ${reel.member_id}'s reel, ${timecode(frames, reel.rate)} long.`;
    find("#title-cuts").replaceChildren(
      ...cuts.map(({ clip_key, record }) => {
        const item = make("li");
        colour(item, rank);
        const go = make("button", "", clip_key);
        go.type = "button";
        go.addEventListener("click", () => {
          this.#dialog.close();
          this.onSeek(record.start.frame);
        });
        item.append(make("span", "time", record.start.timecode), go);
        return item;
      }),
    );
    this.#dialog.showModal();
  }
}
