import { expect, it } from "vitest";

import { applied, type Change } from "../src/changes";
import { unmet } from "../src/readback";
import { markerOf, sequenceOf } from "./make";

const before = sequenceOf(
  [["a", 160]],
  [
    ["a-clip-1", 0],
    ["a-clip-2", 160],
  ],
);
const [first, second] = before.markers as [(typeof before.markers)[0], (typeof before.markers)[0]];
const [clip] = before.clips as [(typeof before.clips)[0]];

it.each<[Change, string[]]>([
  [{ kind: "add", at: 0n, name: "x", comments: "" }, ["no marker x at 01:00:00:00"]],
  [
    { kind: "rename", marker: first, name: "x" },
    ["no marker x at 01:00:00:00", "still marker a-clip-1 at 01:00:00:00"],
  ],
  [
    { kind: "move", marker: second, at: 0n },
    ["no marker a-clip-2 at 01:00:00:00", "still marker a-clip-2 at 01:00:06:16"],
  ],
  [{ kind: "remove", marker: second }, ["still marker a-clip-2 at 01:00:06:16"]],
  [
    { kind: "colour", marker: first, colour: "red" },
    ["no colour on marker a-clip-1 at 01:00:00:00"],
  ],
  [{ kind: "clip", clip, name: "a-clip-1" }, ["no clip a-clip-1 at 01:00:00:00"]],
])("what case %# leaves undone is said", (change, differences) => {
  expect(unmet(before, [change], before)).toEqual(differences);
  expect(unmet(before, [change], applied(before, [change]))).toEqual([]);
});

it("does not mind how Premiere keeps line ends in comments", () => {
  const change: Change = { kind: "add", at: 0n, name: "x", comments: "one\ntwo" };
  const marker = markerOf("x", 0, { id: "new", comments: "one\r\ntwo " });
  const after = { ...before, markers: [...before.markers, marker] };
  expect(unmet(before, [change], after)).toEqual([]);
});

it("counts markers that are alike", () => {
  const change: Change = { kind: "add", at: 0n, name: "a-clip-1", comments: "" };
  expect(unmet(before, [change], before)).toEqual(["no marker a-clip-1 at 01:00:00:00"]);
});
