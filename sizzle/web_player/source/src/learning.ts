// The switch "Learn from what I watch", and how the next reels change.

import { Outbox } from "./events/outbox";
import { Kept } from "./events/storage";
import type { Half } from "./half";
import { compare, isSame } from "./orders";
import { problemOf } from "./problem";
import { eventsUrl } from "./service";
import type { Session } from "./session";
import { LearningView } from "./view/learning";
import type { Panels } from "./view/panels";
import type { Reel } from "./wire";

const LAG = 1200; // ms within which every worker of the service knows of an event

const settings = new Kept<boolean>("setting", (value) => typeof value === "boolean");

export class Learning {
  readonly outbox = new Outbox(eventsUrl(), () => this.#count());
  readonly #view: LearningView;
  #asking = new AbortController();
  #on = settings.get("learn") ?? true;

  /**
   * @param session what the page is set to.
   * @param halves both reels.
   * @param panels what is shown below them.
   * @param onPlay called to load the next reels and play them.
   */
  constructor(
    readonly session: Session,
    readonly halves: () => readonly Half[],
    panels: Panels,
    onPlay: () => void,
  ) {
    this.#view = new LearningView(panels, {
      onSwitch: (on) => this.#switch(on),
      onToggle: () => this.toggle(),
      onPlay: () => {
        this.close();
        onPlay();
      },
    });
    this.#view.set(this.#on);
  }

  get on(): boolean {
    return this.#on;
  }

  /** Show how the next reels change, or the cut lists again. */
  toggle(): void {
    if (this.#view.isOpen) this.close();
    else void this.open();
  }

  close(): void {
    this.#asking.abort();
    this.#view.close();
  }

  /** Have everything recorded that was watched, then compose the next reels and compare them. */
  async open(): Promise<void> {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    const halves = this.halves().filter((half) => half.reel);
    this.#view.open(halves.map((half) => half.reel as Reel));
    for (const half of halves) half.viewing?.report();
    await this.outbox.retry();
    await Promise.all(halves.map((half, index) => this.#compare(half, index, signal)));
  }

  /** Say whether this service records events at all. */
  offer(reel: Reel | undefined): void {
    if (reel) this.#view.offer(reel.event_token !== undefined);
  }

  async #compare(half: Half, index: number, signal: AbortSignal): Promise<void> {
    const before = half.reel;
    if (!before) return;
    try {
      let orders = compare(before, await half.compose(this.session, signal));
      if (isSame(orders) && this.outbox.recorded) {
        await new Promise((resolve) => setTimeout(resolve, LAG));
        orders = compare(before, await half.compose(this.session, signal));
      }
      if (!signal.aborted) this.#view.show(index, orders);
    } catch (error) {
      if (!signal.aborted) this.#view.fail(index, problemOf(error));
    }
  }

  #switch(on: boolean): void {
    this.#on = on;
    settings.set("learn", on);
    for (const half of this.halves()) half.learn(on);
    this.#count();
  }

  #count(): void {
    this.#view.count(this.#on, this.outbox);
  }
}
