/** Premiere's time objects, as far as the panel uses them. */

import type { TickTime, TickTimeStatic } from "@adobe/premierepro";

import type { Methods } from "./rules";

/** A time that, like Premiere's, is given and read as a text of ticks. */
export class FakeTime implements Pick<Methods<TickTime>, "ticks"> {
  static readonly TIME_ZERO = new FakeTime("0") as unknown as TickTime;

  private constructor(readonly ticks: string) {}

  /** Premiere takes a text of digits; a number, or one with a fraction, is refused. */
  static createWithTicks(ticks: string): TickTime {
    if (typeof ticks !== "string") throw new Error("Illegal Parameter type");
    if (!/^-?\d+$/.test(ticks)) throw new Error("Invalid parameter");
    return new FakeTime(ticks) as unknown as TickTime;
  }
}

FakeTime satisfies Pick<Methods<TickTimeStatic>, "createWithTicks" | "TIME_ZERO">;

/** The ticks of a time that a method was given. */
export function ticksOf(time: unknown): bigint {
  if (!(time instanceof FakeTime)) throw new Error("Illegal Parameter type");
  return BigInt(time.ticks);
}

/** A time for a method to give. */
export function timeOf(ticks: bigint): TickTime {
  return FakeTime.createWithTicks(String(ticks));
}
