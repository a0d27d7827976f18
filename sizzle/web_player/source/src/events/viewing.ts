// What is seen of a reel in a video, as events.
//
// A frame is seen where it is on screen while the video plays in a page that is visible. Paused
// frames, frames that are sought, and frames that are seen again do not count.

import { cutAt } from "../cuts";
import { frameAt } from "../frames";
import type { Reel } from "../wire";
import type { PlayerEvent } from "./event";
import type { Outbox } from "./outbox";
import { SeenFrames, type Span } from "./seen";
import { Kept } from "./storage";

const REMEMBERED = 50; // reels whose seen frames are remembered

type Content = Pick<PlayerEvent, "attributes" | "metrics">;

interface Memory {
  used: number;
  spans: Span[];
}

function isMemory(value: unknown): value is Memory {
  const { used, spans } = (value ?? {}) as { used?: unknown; spans?: unknown };
  return typeof used === "number" && Array.isArray(spans) && spans.every(Array.isArray);
}

const memories = new Kept<Memory>("seen", isMemory);

export class Viewing {
  readonly #seen: SeenFrames;
  readonly #stop = new AbortController();
  readonly #key: string;
  #before: number | undefined;
  #playing = 0;
  #started = false;
  #ended = false;

  constructor(
    readonly reel: Reel,
    readonly token: string,
    readonly video: HTMLVideoElement,
    readonly outbox: Outbox,
  ) {
    this.#key = `${reel.member_id}.${reel.reel_id}`;
    this.#seen = new SeenFrames(reel.cuts, memories.get(this.#key)?.spans);
    const { signal } = this.#stop;
    for (const event of ["playing", "seeked"]) {
      video.addEventListener(event, this.#begin, { signal });
    }
    video.addEventListener("pause", this.#settle, { signal });
    video.addEventListener("seeking", () => (this.#before = undefined), { signal });
    document.addEventListener("visibilitychange", this.#turn, { signal });
    addEventListener("pagehide", () => this.#leave(), { signal, capture: true });
    this.#watch();
    this.#begin();
  }

  /** The title's page was opened. */
  opened(titleId: string): void {
    this.#tell("title_opened", { attributes: { title_id: titleId } });
  }

  /** The reel was shown to its end. */
  completed(): void {
    this.report();
    if (!this.#started || this.#ended || !this.#seen.has(this.reel.duration.frame - 1)) return;
    this.#ended = true;
    this.#tell("reel_completed");
  }

  /** Report what was seen so far. */
  report(): void {
    this.#settle();
    this.#report();
  }

  /** Another reel is loaded, or none. */
  stop(): void {
    this.#leave();
    this.#stop.abort();
  }

  readonly #begin = (): void => {
    if (this.video.paused || document.visibilityState !== "visible") return;
    // The frame on screen counts too once it plays.
    this.#before = this.#frame - 1;
    this.#playing = cutAt(this.reel.cuts, this.#frame);
    if (this.#started) return;
    this.#started = true;
    this.#tell("reel_started");
  };

  /** All that the video's clock has passed was shown, whether the browser reported it or not. */
  readonly #settle = (): void => {
    if (!this.video.seeking) this.#show(this.#frame);
  };

  readonly #turn = (): void => {
    if (document.visibilityState === "visible") return this.#begin();
    this.report();
    this.#before = undefined;
    void this.outbox.flush();
  };

  #leave(): void {
    this.report();
    if (!this.#started || this.#ended) return;
    const cut = cutAt(this.reel.cuts, this.#frame) + 1;
    this.#started = false; // a page that comes back from the browser's cache starts again
    this.#tell("reel_left", { metrics: { cut, frame: this.#frame } });
  }

  get #frame(): number {
    const last = this.reel.duration.frame - 1;
    return Math.max(0, Math.min(last, frameAt(this.video.currentTime, this.reel.rate)));
  }

  #watch(): void {
    if (this.#stop.signal.aborted) return;
    onFrame(this.video, (seconds) => {
      if (!this.video.seeking) this.#show(frameAt(seconds, this.reel.rate));
      this.#watch();
    });
  }

  /** Frames since the one before were shown too: browsers do not report each one that they show. */
  #show(frame: number): void {
    const before = this.#before;
    if (before === undefined) return;
    if (frame <= before) return;
    this.#seen.add(before + 1, frame + 1);
    this.#before = frame;
    const index = cutAt(this.reel.cuts, frame);
    if (index === this.#playing) return;
    this.#playing = index;
    this.#report(index);
  }

  #report(playing?: number): void {
    const progress = this.#seen.take(playing);
    const { numerator, denominator } = this.reel.rate;
    for (const { cut, frames } of progress) {
      const seconds = Math.round((frames * denominator * 1000) / numerator) / 1000;
      const attributes = { title_id: this.reel.cuts[cut - 1]?.title_id ?? "" };
      this.#tell("reel_progress", { attributes, metrics: { cut, frames, seconds } });
    }
    if (progress.length) remember(this.#key, this.#seen.spans);
  }

  #tell(type: string, { attributes, metrics }: Content = {}): void {
    this.outbox.add(this.token, {
      type,
      reel_id: this.reel.reel_id,
      attributes: { surface: "player", ...attributes },
      ...(metrics && { metrics }),
    });
  }
}

/** Call back with the time of the next frame that is shown. */
function onFrame(video: HTMLVideoElement, callback: (seconds: number) => void): void {
  if ("requestVideoFrameCallback" in video) {
    video.requestVideoFrameCallback((_, { mediaTime }) => callback(mediaTime));
  } else {
    requestAnimationFrame(() => callback((video as HTMLVideoElement).currentTime));
  }
}

/** Keep what was seen of the reels that were watched last. */
function remember(key: string, spans: Span[]): void {
  memories.set(key, { used: Date.now(), spans });
  const all = memories.entries().sort(([, one], [, other]) => other.used - one.used);
  for (const [old] of all.slice(REMEMBERED)) memories.delete(old);
}
