// What is fetched next, and in which rendition.

import { expect, test } from "vitest";

import { bestRendition, Slots } from "../src/engines/slots";

const RENDITIONS = [
  { bandwidth: 6e6, height: 1080 },
  { bandwidth: 3e6, height: 720 },
  { bandwidth: 1e6, height: 480 },
];

function held(...renditions: (number | undefined)[]): Slots {
  const slots = new Slots(renditions.length, 2);
  renditions.forEach((rendition, slot) => slots.hold(slot, rendition));
  return slots;
}

test("what is missing from now on comes first", () => {
  expect(held(0, 0, undefined, undefined).next(0, 20, undefined)).toBe(2);
  expect(held(undefined, 0, 0, undefined).next(2, 20, undefined)).toBe(3);
});

test("nothing is fetched beyond the time that is to be ahead", () => {
  expect(held(0, 0, undefined, undefined).next(0, 3.9, undefined)).toBeUndefined();
});

test("another rendition takes the place of what is held, but not of what is about to be shown", () => {
  expect(held(0, 0, 0, 0).next(0, 20, 1)).toBe(2);
  expect(held(0, 0, 1, 0).next(0, 20, 1)).toBe(3);
  expect(held(0, 0, 1, 1).next(0, 20, 1)).toBeUndefined();
});

test("a hole near now is filled before anything is replaced", () => {
  expect(held(0, undefined, 0, 0).next(0, 20, 1)).toBe(1);
});

test("a clock that stands a rounding short of a slot is in it", () => {
  expect(held(0, 0).at(1.999999)).toBe(1);
  expect(held(0, 0).at(99)).toBe(1);
  expect(held(0, 0).at(-1)).toBe(0);
});

test("the rendition is as large as the connection carries, and no larger than can be seen", () => {
  expect(bestRendition(RENDITIONS, 20e6, 2000)).toBe(0);
  expect(bestRendition(RENDITIONS, 20e6, 700)).toBe(1);
  expect(bestRendition(RENDITIONS, 20e6, 300)).toBe(2);
  expect(bestRendition(RENDITIONS, 5e6, 2000)).toBe(1);
  expect(bestRendition(RENDITIONS, 1e5, 2000)).toBe(2);
});
