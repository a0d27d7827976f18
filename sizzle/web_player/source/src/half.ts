// One member's reel from the request to the picture.

import { FORMS, open, type Engine } from "./engines/engine";
import type { Outbox } from "./events/outbox";
import { Viewing } from "./events/viewing";
import { problemOf } from "./problem";
import { compose } from "./service";
import type { Session } from "./session";
import type { CutList } from "./view/list";
import type { PaneView } from "./view/pane";
import type { Reel } from "./wire";

/** Milliseconds that the lists wait for the first picture, which drawing them would delay. */
const SOON = 100;

export class Half {
  reel: Reel | undefined;
  engine: Engine | undefined;
  /** Records what is seen of the reel, while that is wanted. */
  viewing: Viewing | undefined;
  #loading = new AbortController();

  /**
   * @param onChange called when there is a reel, or none any more.
   * @param outbox takes the events of what is seen; none while nothing is to be recorded.
   */
  constructor(
    readonly side: 0 | 1,
    readonly pane: PaneView,
    readonly list: CutList,
    readonly onChange: () => void,
    readonly outbox: () => Outbox | undefined,
  ) {}

  /** Compose the reel and load it into the video, in place of the one before. */
  async load(session: Session): Promise<void> {
    this.clear();
    const loading = (this.#loading = new AbortController());
    const { signal } = loading;
    const member = session.members[this.side];
    this.pane.input.value = member;
    this.pane.waiting(`Composing the reel of ${member}`);
    try {
      const reel = this.compose(session, signal);
      reel.then(() => this.pane.waiting("Opening the reel")).catch(() => undefined); // seen below
      const onProblem = (problem: unknown): void => this.#fail(problem);
      const video = this.pane.video;
      const engine = await open(session.engine, { video, reel, onProblem, signal });
      if (signal.aborted) return engine.destroy();
      engine.choose(session.quality);
      this.engine = engine;
      this.reel = await reel;
      const picture = pictured(video, signal);
      await Promise.race([picture, pause(SOON)]);
      if (signal.aborted) return;
      this.#draw();
      await picture;
      this.pane.ready();
      this.learn(this.outbox() !== undefined);
      this.onChange();
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** The reel that this half's member gets now. */
  compose({ members, asset, cadence, engine }: Session, signal: AbortSignal): Promise<Reel> {
    return compose({ member: members[this.side], asset, cadence, plays: FORMS[engine] }, signal);
  }

  /** Record from now on what is seen of the reel, or no longer. */
  learn(on: boolean): void {
    this.viewing?.stop();
    this.viewing = undefined;
    const { reel } = this;
    const [token, outbox] = [reel?.event_token, this.outbox()];
    if (!on || !reel || token === undefined || !outbox) return;
    this.viewing = new Viewing(reel, token, this.pane.video, outbox);
  }

  clear(): void {
    this.learn(false);
    this.#loading.abort(new DOMException("Another reel was asked for.", "AbortError"));
    this.engine?.destroy();
    this.engine = undefined;
    this.reel = undefined;
    this.pane.video.removeAttribute("src");
    this.pane.video.load();
    this.#draw();
  }

  show(frame: number): void {
    this.pane.show(frame);
    this.list.show(frame);
  }

  #draw(): void {
    this.pane.draw(this.reel);
    this.list.draw(this.reel);
    this.onChange();
  }

  #fail(error: unknown): void {
    this.clear();
    this.pane.failed(problemOf(error));
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves when there is a picture. */
function pictured(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve();
  return new Promise((resolve, reject) => {
    video.addEventListener("loadeddata", () => resolve(), { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
