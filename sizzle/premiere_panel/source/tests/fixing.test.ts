import { describe, expect, it } from "vitest";

import { applied } from "../src/changes";
import type { Edit, Finding } from "../src/findings";
import { fixFindings, isMechanical } from "../src/fixing";
import { at, markerOf, sequenceOf } from "./make";
import cases from "./shared/fixes.json";

function findingOf(edits: readonly unknown[], position: number): Finding {
  return {
    rule: "marker-off-cut",
    severity: "error",
    frame: position,
    timecode: "01:00:00:00",
    track: 1,
    clip: "",
    expected: "this",
    found: "that",
    fix: "mend it.",
    edits: edits.map((edit) => {
      const [operation, frame, name, to] = edit as [string, number, string, unknown];
      return { operation, frame, name, to } satisfies Edit;
    }),
  };
}

describe("fixes", () => {
  it.each(cases)("of markers: $about", ({ markers, findings, after, made }) => {
    const sequence = sequenceOf([], markers as [string, number][]);
    const found = findings.map(findingOf);
    const fixes = fixFindings(sequence, found);
    const then = applied(sequence, fixes.changes).markers.map(({ name, start }) => [name, start]);
    expect(then).toEqual(after.map(([name, frame]) => [name, at(Number(frame))]));
    expect(fixes.made).toEqual(made.map((index) => found[index]));
    expect(fixes.left).toHaveLength(found.length - made.length);
  });

  it("leave a marker between two frames where it is when they name it", () => {
    const odd = markerOf("Aurora clip 1", 0, { start: at(8) + 5n });
    const edits = [["rename-marker", 8, "Aurora clip 1", "aurora-clip-1"]];
    const sequence = { ...sequenceOf([]), markers: [odd] };
    const { changes } = fixFindings(sequence, [findingOf(edits, 0)]);
    expect(changes).toEqual([{ kind: "rename", marker: odd, name: "aurora-clip-1" }]);
  });

  it.each([
    ["move-marker", 5, "a-clip-1", "soon"],
    ["move-marker", 5, "a-clip-1", -1],
    ["set-marker", -5, "a-clip-1", -5],
    ["explode", 5, "a-clip-1", 5],
  ])("are not made of %s at %s of %s to %s", (...edit) => {
    expect(isMechanical(findingOf([edit], 0))).toBe(false);
  });
});
