// What is counted as seen, how events are put into requests, and how orders are compared.

import { expect, test } from "vitest";

import { batchOf, bodyOf, isPending, newId } from "../src/events/event";
import { SeenFrames } from "../src/events/seen";
import { change, compare, isSame, summary } from "../src/orders";
import type { Cut, Reel } from "../src/wire";

function moment(frame: number): { frame: number; timecode: string; seconds: number } {
  return { frame, timecode: "", seconds: 0 };
}

/** Cuts of ten frames each, one for each title. */
function cutsOf(...titles: string[]): Cut[] {
  return titles.map((title, index) => {
    const record = { start: moment(index * 10), stop: moment(index * 10 + 10) };
    return { clip_key: "", title_id: title, title, rank: index + 1, segment: 1, source: record, record };
  });
}

function reelOf(...titles: string[]): Reel {
  return { cuts: cutsOf(...titles) } as Reel;
}

test("a frame counts once, for its own cut", () => {
  const seen = new SeenFrames(cutsOf("a", "b", "c"));
  seen.add(3, 14);
  expect(seen.take(1)).toEqual([{ cut: 1, frames: 7 }]);
  seen.add(0, 14); // again from the start
  expect(seen.take()).toEqual([
    { cut: 2, frames: 4 },
    { cut: 1, frames: 3 },
  ]);
  expect(seen.take()).toEqual([]);
});

test("what was seen before a reload is not reported again", () => {
  const cuts = cutsOf("a", "b");
  const before = new SeenFrames(cuts);
  before.add(2, 5);
  before.add(8, 12);
  expect(before.spans).toEqual([[2, 5], [8, 12]]);
  const after = new SeenFrames(cuts, before.spans);
  after.add(0, 99);
  expect(after.take()).toEqual([{ cut: 1, frames: 5 }, { cut: 2, frames: 8 }]);
  expect(after.spans).toEqual([[0, 20]]);
  expect(after.has(19)).toBe(true);
});

test("a request has events of one token, up to a hundred, and fits what may outlive a page", () => {
  const pending = Array.from({ length: 150 }, (_, index) => ({
    token: index % 3 ? "one" : "two",
    event: { id: String(index), type: "reel_started", time: "", reel_id: "r" },
  }));
  const batch = batchOf(pending);
  expect(new Set(batch.map(({ token }) => token))).toEqual(new Set(["two"]));
  expect(batch.length).toBe(50);
  expect(batchOf(pending.map((each) => ({ ...each, token: "one" }))).length).toBe(100);
  const long = pending.map((each) => ({ ...each, event: { ...each.event, reel_id: "r".repeat(6000) } }));
  expect(batchOf(long).length).toBe(9);
  const body = JSON.parse(bodyOf(batch, 0)) as Record<string, unknown>;
  expect(body["token"]).toBe("two");
  expect(body["sent_at"]).toBe("1970-01-01T00:00:00.000Z");
  expect(batchOf([])).toEqual([]);
});

test("only what the page itself stored is sent", () => {
  const event = { id: newId(), type: "reel_started" };
  expect(isPending({ token: "t", event })).toBe(true);
  for (const other of [null, 1, "x", {}, { token: 1, event }, { token: "t", event: {} }]) {
    expect(isPending(other)).toBe(false);
  }
});

test("orders are compared by title, not by name or cut", () => {
  const orders = compare(reelOf("a", "b", "c"), reelOf("c", "a", "d"));
  expect(orders.after.map(({ title, moved }) => [title, moved])).toEqual([
    ["c", 2],
    ["a", -1],
    ["d", undefined],
  ]);
  expect(orders.before.map(({ moved }) => moved)).toEqual([-1, undefined, 2]);
  expect(orders.after.map(change)).toEqual(["up 2", "down 1", "new in the reel"]);
  expect(summary(orders)).toBe("3 of 3 ranks change.");
  const same = compare(reelOf("a", "b"), reelOf("a", "b"));
  expect([isSame(same), summary(same)]).toEqual([true, "The order stays as it is."]);
});
