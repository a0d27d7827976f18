// Which cut a frame is in, and where the others are.

import { expect, test } from "vitest";

import { cutAt, letterOf, nextJoin, nextOfRank, previousJoin, ranksOf } from "../src/cuts";
import type { Cut } from "../src/wire";

function cuts(...plan: [rank: number, length: number][]): Cut[] {
  let at = 0;
  return plan.map(([rank, length]) => {
    const moment = (frame: number) => ({ frame, timecode: "", seconds: 0 });
    const range = { start: moment(at), stop: moment((at += length)) };
    const named = { clip_key: "", title_id: "", title: `title ${rank}`, segment: 1 };
    return { ...named, rank, source: range, record: range };
  });
}

const REEL = cuts([1, 40], [2, 80], [1, 160], [3, 40]);

test.each([
  [0, 0],
  [39, 0],
  [40, 1],
  [119, 1],
  [120, 2],
  [319, 3],
  [999, 3],
])("frame %i is in cut %i", (frame, place) => {
  expect(cutAt(REEL, frame)).toBe(place);
});

test("back goes to the start of a cut, and from there to the one before", () => {
  expect(previousJoin(REEL, 100)).toBe(40);
  expect(previousJoin(REEL, 43)).toBe(0);
  expect(previousJoin(REEL, 0)).toBe(0);
});

test("on goes to the next cut, and nowhere from the last", () => {
  expect(nextJoin(REEL, 0)).toBe(40);
  expect(nextJoin(REEL, 300)).toBeUndefined();
});

test("a rank is gone to in turn, and around", () => {
  expect(nextOfRank(REEL, 1, 0)).toBe(120);
  expect(nextOfRank(REEL, 1, 120)).toBe(0);
  expect(nextOfRank(REEL, 9, 0)).toBeUndefined();
});

test("ranks are listed best first, with their time and letter", () => {
  const listed = ranksOf(REEL).map(({ rank, frames }) => [letterOf(rank), frames]);
  expect(listed).toEqual([["A", 200], ["B", 80], ["C", 40]]);
});
