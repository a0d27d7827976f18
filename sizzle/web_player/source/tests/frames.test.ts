// Frames and timecode, against what SMPTE 12M and the service say.

import { expect, test } from "vitest";

import { frameAt, frameOf, middleOf, timecode } from "../src/frames";

const FILM = { numerator: 24000, denominator: 1001, drop_frame: false };
const DROP = { numerator: 30000, denominator: 1001, drop_frame: true };

test.each([
  [0, "00:00:00;00"],
  [1799, "00:00:59;29"],
  [1800, "00:01:00;02"],
  [17981, "00:09:59;29"],
  [17982, "00:10:00;00"],
  [107892, "01:00:00;00"],
])("drop-frame %i is %s", (frame, text) => {
  expect(timecode(frame, DROP)).toBe(text);
  expect(frameOf(text, DROP)).toBe(frame);
});

test("frames come back from their timecode, across hours", () => {
  for (let frame = 0; frame < 300_000; frame += 787) {
    expect(frameOf(timecode(frame, FILM), FILM)).toBe(frame);
    expect(frameOf(timecode(frame, DROP), DROP)).toBe(frame);
  }
});

test("the middle of a frame is in it, and so is its start once rounded to microseconds", () => {
  const wrong: number[] = [];
  for (let frame = 0; frame < 100_000; frame += 1) {
    const start = Math.floor(((frame * 1001) / 24000) * 1e6) / 1e6;
    if (frameAt(middleOf(frame, FILM), FILM) !== frame) wrong.push(frame);
    if (frameAt(start, FILM) !== frame) wrong.push(frame);
  }
  expect(wrong).toEqual([]);
});
