/**
 * Ticks, frames and timecode of one sequence, in whole numbers only.
 *
 * Premiere counts time in ticks of 1/254016000000 s, a unit in which a frame of every usual rate is
 * a whole number. Ten hours of ticks no longer fit a JavaScript number, hence `bigint`.
 */

import { Problem } from "./problem";

/** Premiere's unit of time. */
export const TICKS_A_SECOND = 254_016_000_000n;

/** How one sequence counts: the length of its frames, its start timecode, drop-frame or not. */
export class Clock {
  /**
   * @param ticksPerFrame - the length of a frame.
   * @param zero - the start timecode, in ticks.
   * @param dropFrame - whether timecode skips numbers to keep up with the clock.
   */
  constructor(
    readonly ticksPerFrame: bigint,
    readonly zero = 0n,
    readonly dropFrame = false,
  ) {
    if (ticksPerFrame <= 0n) {
      throw new Problem(`The sequence's frames are ${ticksPerFrame} ticks long.`, {
        fix: "open another sequence and this one again.",
      });
    }
  }

  /** Frames that one timecode second counts: 24 at 24000/1001. */
  get timebase(): number {
    return Number((TICKS_A_SECOND + this.ticksPerFrame - 1n) / this.ticksPerFrame);
  }

  /** The rate as editors say it: `23.976`, `25`, `29.97 DF`. */
  get rate(): string {
    const thousandths = Number((TICKS_A_SECOND * 1000n) / this.ticksPerFrame);
    const text = String(thousandths / 1000);
    return this.dropFrame ? `${text} DF` : text;
  }

  /** Where a frame starts, counted from the sequence's first. */
  ticks(frame: number): bigint {
    return BigInt(frame) * this.ticksPerFrame;
  }

  /** The frame that is on screen at a time. */
  frame(ticks: bigint): number {
    return Number(ticks / this.ticksPerFrame);
  }

  /** SMPTE text of a time in the sequence; past 24 hours the bare frame, as SMPTE has no word. */
  timecode(ticks: bigint): string {
    const frame = this.frame(ticks);
    const count = this.frame(this.zero) + frame;
    if (count >= this.framesADay) return `frame ${frame}`;
    return this.text(count + this.skippedBefore(count));
  }

  private get droppedAMinute(): number {
    return this.dropFrame ? this.timebase / 15 : 0;
  }

  private get framesTenMinutes(): number {
    return 600 * this.timebase - 9 * this.droppedAMinute;
  }

  private get framesADay(): number {
    return 24 * 6 * this.framesTenMinutes;
  }

  /** How many numbers drop-frame counting has skipped before a frame. */
  private skippedBefore(count: number): number {
    const dropped = this.droppedAMinute;
    const tens = Math.floor(count / this.framesTenMinutes);
    const rest = count % this.framesTenMinutes;
    // The first minute of ten keeps all its numbers, so it is longer than the others.
    const minutes = Math.floor(Math.max(0, rest - dropped) / (60 * this.timebase - dropped));
    return dropped * (9 * tens + minutes);
  }

  private text(number: number): string {
    const frames = number % this.timebase;
    const seconds = Math.floor(number / this.timebase);
    const hours = Math.floor(seconds / 3600);
    const width = Math.max(2, String(this.timebase - 1).length);
    const clock = [hours, Math.floor(seconds / 60) % 60, seconds % 60].map((part) => pad(part, 2));
    return `${clock.join(":")}${this.dropFrame ? ";" : ":"}${pad(frames, width)}`;
  }
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
