// Buttons, the timecode, and the plan of the cadence.

import { cutAt, letterOf, ranksOf } from "../cuts";
import type { State } from "../clock";
import { timecode } from "../frames";
import type { Command } from "../keys";
import type { Reel } from "../wire";
import { colour, find, make } from "./dom";

export class Transport {
  readonly #section = find("#transport");
  readonly #timecode = find("#timecode");
  readonly #position = find("#position");
  readonly #play = find("[data-do=play]");
  readonly #mute = find("[data-do=mute]");
  #reel: Reel | undefined;

  constructor(onCommand: (command: Command) => void) {
    for (const button of this.#section.querySelectorAll<HTMLElement>("[data-do]")) {
      button.addEventListener("click", () => onCommand(button.dataset["do"] as Command));
    }
  }

  draw(reel: Reel): void {
    this.#reel = reel;
    const plan = ranksOf(reel.cuts).map(({ rank, frames }) => {
      const item = make("li");
      colour(item, rank);
      const seconds = (frames * reel.rate.denominator) / reel.rate.numerator;
      item.append(make("b", "chip", letterOf(rank)), `${seconds.toFixed(1)} s`);
      return item;
    });
    find("#plan").replaceChildren(...plan);
  }

  show(frame: number, state: State): void {
    const running = state === "playing" || state === "waiting";
    document.body.dataset["state"] = state;
    this.#play.setAttribute("aria-label", running ? "Pause" : "Play");
    if (!this.#reel) return;
    const { cuts, rate, duration } = this.#reel;
    const index = cutAt(cuts, frame);
    this.#timecode.textContent = timecode(frame, rate);
    this.#position.textContent =
      `frame ${frame}/${duration.frame} · cut ${index + 1}/${cuts.length}` +
      ` · segment ${cuts[index]?.segment}`;
  }

  heard(heard: boolean): void {
    this.#mute.setAttribute("aria-pressed", String(heard));
  }
}
