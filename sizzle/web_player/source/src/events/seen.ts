// Which frames of a reel were seen, and which of them were not yet reported.

import { cutAt } from "../cuts";
import type { Cut } from "../wire";

/** Frames of one cut that no report had yet. */
export interface Progress {
  /** Counted from 1. */
  cut: number;
  frames: number;
}

/** Half-open, in frames of the reel. */
export type Span = readonly [start: number, stop: number];

export class SeenFrames {
  readonly #seen: Uint8Array;
  readonly #fresh = new Map<number, number>();

  /** @param spans frames that were seen, and reported, before. */
  constructor(
    readonly cuts: readonly Cut[],
    spans: readonly Span[] = [],
  ) {
    this.#seen = new Uint8Array(cuts.at(-1)?.record.stop.frame ?? 0);
    for (const [start, stop] of spans) this.#seen.fill(1, start, stop);
  }

  /** Frames from `start` to before `stop` were on screen. A frame counts once. */
  add(start: number, stop: number): void {
    const end = Math.min(stop, this.#seen.length);
    for (let frame = Math.max(0, start); frame < end; frame++) {
      if (this.#seen[frame]) continue;
      this.#seen[frame] = 1;
      const index = cutAt(this.cuts, frame);
      this.#fresh.set(index, (this.#fresh.get(index) ?? 0) + 1);
    }
  }

  has(frame: number): boolean {
    return this.#seen[frame] === 1;
  }

  /** What is new, for each cut but the one that still plays; from now on it is reported. */
  take(playing?: number): Progress[] {
    const taken = [...this.#fresh].filter(([index]) => index !== playing);
    for (const [index] of taken) this.#fresh.delete(index);
    return taken.map(([index, frames]) => ({ cut: index + 1, frames }));
  }

  /** All frames that were seen, as few spans as possible. */
  get spans(): Span[] {
    const spans: Span[] = [];
    for (let start = this.#seen.indexOf(1); start >= 0; ) {
      const stop = this.#seen.indexOf(0, start);
      spans.push([start, stop < 0 ? this.#seen.length : stop]);
      start = stop < 0 ? -1 : this.#seen.indexOf(1, stop);
    }
    return spans;
  }
}
