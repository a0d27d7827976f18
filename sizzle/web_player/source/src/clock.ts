// One clock for all videos of the page. The first one leads; the others follow it.
//
// Media elements have clocks of their own, which start at slightly different moments and run at
// slightly different speeds. A follower that is slightly off plays a little faster or slower until
// it is not (it is muted, so nobody hears it); one that is far off jumps.

import { frameAt, middleOf, type Rate } from "./frames";

const FAR = 0.8; // seconds: a jump costs decoding, and is seen
const NEAR = 0.004; // seconds: too little to see or to correct
const STRONGEST = 0.25; // of the speed
const CATCH_UP = 0.5; // seconds in which a difference is to be gone
const READY = 3; // HAVE_FUTURE_DATA

export type State = "paused" | "playing" | "waiting" | "ended";

export class Clock {
  #videos: HTMLVideoElement[] = [];
  #rate: Rate = { numerator: 24, denominator: 1, drop_frame: false };
  #frames = 0;
  #state: State = "paused";
  #listening = new AbortController();
  #ticking = false;
  #target: number | undefined;
  #said: { frame: number; state: State } = { frame: -1, state: "paused" };

  /** @param onTick called with the frame on screen, whenever it or the state may have changed. */
  constructor(readonly onTick: (frame: number, state: State) => void) {}

  get state(): State {
    return this.#state;
  }

  get frames(): number {
    return this.#frames;
  }

  get rate(): Rate {
    return this.#rate;
  }

  get frame(): number {
    if (this.#target !== undefined) return this.#target;
    const time = this.#videos[0]?.currentTime ?? 0;
    return Math.max(0, Math.min(this.#frames - 1, frameAt(time, this.#rate)));
  }

  /** The largest offset of a follower, in seconds. */
  get difference(): number {
    const [leader, ...followers] = this.#videos;
    if (!leader) return 0;
    return Math.max(0, ...followers.map((each) => Math.abs(each.currentTime - leader.currentTime)));
  }

  /** Control these videos from a frame on; all are equally long. */
  take(videos: HTMLVideoElement[], rate: Rate, frames: number, frame: number): void {
    this.release();
    this.#videos = videos;
    this.#rate = rate;
    this.#frames = frames;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    for (const video of videos) {
      for (const event of ["waiting", "canplay", "seeked", "ended", "pause", "playing"]) {
        video.addEventListener(event, this.#settle, { signal });
      }
    }
    this.#said = { frame: -1, state: "paused" };
    if (frame > 0) this.seek(frame);
    this.#say();
  }

  release(): void {
    this.#listening.abort();
    for (const video of this.#videos) video.pause();
    this.#videos = [];
    this.#target = undefined;
    this.#state = "paused";
  }

  play(): void {
    if (!this.#videos.length) return;
    if (this.#atEnd) this.seek(0);
    this.#state = "waiting";
    this.#settle();
  }

  pause(): void {
    this.#state = "paused";
    this.#settle();
  }

  toggle(): void {
    if (this.#state === "playing" || this.#state === "waiting") this.pause();
    else this.play();
  }

  /** Show a frame; playback goes on from there. */
  seek(frame: number): void {
    if (!this.#videos.length) return;
    const wanted = Math.max(0, Math.min(this.#frames - 1, frame));
    this.#target = wanted;
    if (this.#state === "ended") this.#state = "paused";
    if (this.#state === "playing") this.#state = "waiting";
    for (const video of this.#videos) {
      video.pause();
      video.currentTime = middleOf(wanted, this.#rate);
    }
    this.#say();
  }

  /** Pause, and show the frame so many frames later. */
  step(frames: number): void {
    this.pause();
    this.seek(this.frame + frames);
  }

  get #atEnd(): boolean {
    return this.#state === "ended" || this.frame >= this.#frames - 1;
  }

  get #ready(): boolean {
    return this.#videos.every((video) => !video.seeking && (video.readyState >= READY || video.ended));
  }

  /** Bring all videos into the clock's state: none plays while another waits. */
  readonly #settle = (): void => {
    if (this.#target !== undefined && this.#videos.every((video) => !video.seeking)) {
      this.#target = undefined;
    }
    if (this.#state === "playing" && !this.#ready && !this.#isOver) this.#state = "waiting";
    if (this.#state === "waiting" && this.#ready) this.#state = "playing";
    if (this.#state === "playing") this.#start();
    else this.#stop();
    this.#say();
  };

  #start(): void {
    for (const video of this.#videos) {
      if (video.paused && !video.ended) void video.play().catch(this.#refused);
    }
    if (!this.#ticking) this.#tick();
  }

  #stop(): void {
    for (const video of this.#videos) {
      video.playbackRate = 1;
      if (!video.paused) video.pause();
    }
  }

  /** Browsers refuse sound before the first click; an interrupted play is not an error. */
  readonly #refused = (error: unknown): void => {
    if (error instanceof DOMException && error.name === "NotAllowedError") this.pause();
  };

  readonly #tick = (): void => {
    this.#ticking = false;
    if (this.#state !== "playing") return;
    if (this.#isOver) {
      this.#state = "ended";
      this.#stop();
    } else {
      this.#hold();
      this.#ticking = true;
      requestAnimationFrame(this.#tick);
    }
    this.#say();
  };

  /** Whether all have shown the last frame to its end, whether or not music follows. */
  get #isOver(): boolean {
    const end = (this.#frames * this.#rate.denominator) / this.#rate.numerator;
    return this.#videos.every((video) => video.ended || video.currentTime >= end);
  }

  #hold(): void {
    const [leader, ...followers] = this.#videos;
    if (!leader || leader.paused || leader.seeking) return;
    for (const video of followers) {
      const behind = leader.currentTime - video.currentTime;
      if (video.paused || video.seeking) continue;
      // One that is ahead waits: a jump back would show the same frames again.
      if (behind > FAR) video.currentTime = leader.currentTime;
      video.playbackRate = speedFor(behind);
    }
  }

  #say(): void {
    const { frame } = this;
    if (frame === this.#said.frame && this.#state === this.#said.state) return;
    this.#said = { frame, state: this.#state };
    this.onTick(frame, this.#state);
  }
}

/** The speed at which a follower catches up, given the seconds that it is behind. */
export function speedFor(behind: number): number {
  if (Math.abs(behind) < NEAR) return 1;
  const more = Math.round((behind / CATCH_UP) * 50) / 50; // in steps: each change costs something
  return 1 + Math.max(-STRONGEST, Math.min(STRONGEST, more));
}
