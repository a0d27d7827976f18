import { describe, expect, it } from "vitest";

import { Clock, TICKS_A_SECOND } from "../src/clock";
import { FRAME } from "./fake/premiere";
import { problemOf } from "./make";
import timecodes from "./shared/timecodes.json";

describe("the clock", () => {
  it.each(timecodes)("says $timecode of frame $frame at $rate", (given) => {
    const ticks = BigInt(given.ticks);
    const clock = new Clock(ticks, BigInt(given.start) * ticks, given.drop);
    expect(clock.timecode(clock.ticks(given.frame))).toBe(given.timecode);
  });

  it("counts frames back and forth without a rounding, ten years long", () => {
    const clock = new Clock(FRAME);
    for (const frame of [0, 1, 1001, 7_567_567_567]) {
      expect(clock.frame(clock.ticks(frame))).toBe(frame);
      expect(clock.frame(clock.ticks(frame + 1) - 1n)).toBe(frame);
    }
  });

  it("says rates as editors do", () => {
    expect(new Clock(FRAME).rate).toBe("23.976");
    expect(new Clock(TICKS_A_SECOND / 25n).rate).toBe("25");
    expect(new Clock(8_475_667_200n, 0n, true).rate).toBe("29.97 DF");
  });

  it("refuses frames of no length", async () => {
    expect((await problemOf(() => new Clock(0n))).message).toContain("0 ticks");
  });
});
