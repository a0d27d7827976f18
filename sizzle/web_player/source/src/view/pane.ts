// One member's half of the page: the member, the video, its state and its errors.

import { cutAt, letterOf, ranksOf } from "../cuts";
import type { Engine } from "../engines/engine";
import type { Problem } from "../problem";
import { frameOf, timecode } from "../frames";
import { addressOf } from "../service";
import type { Playback, Reel } from "../wire";
import { colour, find, make, stamp } from "./dom";

const SIDES = ["Left reel", "Right reel"];

export interface PaneCommands {
  /** Another member was chosen. */
  onMember: (member: string) => void;
  /** Load a failed reel again. */
  onRetry: () => void;
  /** A title was opened, by its rank. */
  onTitle: (rank: number) => void;
}

export class PaneView {
  readonly element = stamp("pane");
  readonly video = find<HTMLVideoElement>("video", this.element);
  readonly input = find<HTMLInputElement>("input", this.element);
  readonly #veil = find(".veil", this.element);
  readonly #failure = find(".failure", this.element);
  readonly #lower = find(".lower", this.element);
  readonly #source = find(".source", this.element);
  readonly #facts = find(".facts", this.element);
  #reel: Reel | undefined;
  #shown = -1;

  constructor(
    side: number,
    readonly commands: PaneCommands,
  ) {
    this.element.setAttribute("aria-label", SIDES[side] ?? "");
    this.video.muted = side > 0;
    this.input.addEventListener("change", () => commands.onMember(this.input.value.trim()));
    find("button", this.#failure).addEventListener("click", () => commands.onRetry());
  }

  waiting(what: string): void {
    this.#failure.hidden = true;
    this.#veil.hidden = false;
    find("p", this.#veil).textContent = what;
  }

  ready(): void {
    this.#veil.hidden = true;
  }

  failed(problem: Problem): void {
    this.#veil.hidden = true;
    this.#failure.hidden = false;
    find("strong", this.#failure).textContent = problem.message;
    find("p", this.#failure).textContent = problem.fix;
  }

  draw(reel: Reel | undefined): void {
    this.#reel = reel;
    this.#shown = -1;
    this.#lower.hidden = !reel;
    find(".badge", this.element).hidden = !reel?.cold_start;
    find(".links", this.element).hidden = !reel?.playback;
    find(".ranks", this.element).replaceChildren(...(reel ? ranks(reel, this.commands.onTitle) : []));
    if (!reel?.playback) return;
    for (const link of this.element.querySelectorAll<HTMLAnchorElement>(".links a")) {
      link.href = addressOf(reel, link.dataset["form"] as keyof Playback);
    }
  }

  show(frame: number): void {
    const index = this.#reel ? cutAt(this.#reel.cuts, frame) : -1;
    const cut = this.#reel?.cuts[index];
    if (!cut || !this.#reel) return;
    const { rate } = this.#reel;
    const source = frameOf(cut.source.start.timecode, rate) + frame - cut.record.start.frame;
    this.#source.textContent = timecode(source, rate);
    if (index === this.#shown) return;
    this.#shown = index;
    colour(this.#lower, cut.rank);
    find("b", this.#lower).textContent = letterOf(cut.rank);
    find("strong", this.#lower).textContent = cut.title;
    find(".key", this.#lower).textContent = cut.clip_key;
  }

  /** Show statistics; `difference` is in seconds, from the leading video. */
  report(engine: Engine | undefined, difference: number | undefined): void {
    if (!engine) {
      this.#facts.textContent = "";
      return;
    }
    const { droppedVideoFrames } = this.video.getVideoPlaybackQuality();
    const facts = [engine.showing || "…", `${ahead(this.video).toFixed(0)} s ahead`];
    facts.push(`${droppedVideoFrames} dropped`);
    if (difference === undefined) facts.push("leading");
    else facts.push(`${Math.round(difference * 1000)} ms offset`);
    this.#facts.textContent = facts.join(" · ");
  }
}

function ranks(reel: Reel, onTitle: (rank: number) => void): HTMLElement[] {
  return ranksOf(reel.cuts).map(({ rank, title }) => {
    const item = make("li");
    colour(item, rank);
    const open = make("button");
    open.type = "button";
    open.title = title;
    open.append(make("b", "chip", letterOf(rank)), make("span", "", title));
    open.addEventListener("click", () => onTitle(rank));
    item.append(open);
    return item;
  });
}

/** Seconds that are fetched ahead. */
function ahead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let range = 0; range < buffered.length; range++) {
    const end = buffered.end(range);
    if (buffered.start(range) <= currentTime + 0.1 && currentTime < end) return end - currentTime;
  }
  return 0;
}
