import { describe, expect, it } from "vitest";

import { compilePattern, titlesOf } from "../src/titles";
import { at, markerOf, problemOf } from "./make";

function byName(name: string, pattern?: string): string | null | undefined {
  const rule = pattern
    ? ({ by: "pattern", pattern: compilePattern(pattern) } as const)
    : ({ by: "name" } as const);
  return titlesOf([{ name, start: 0n, end: at(40) }], [null], rule)[0];
}

describe("titles by marker", () => {
  it("go on from the last clip that has one, and nowhere before the first", () => {
    const clips = [0, 1, 2, 3].map(() => ({ name: "", start: 0n, end: 0n }));
    const named = [null, markerOf("harbor-clip-1", 0), null, markerOf("atlas-clip-1", 0)];
    expect(titlesOf(clips, named, { by: "marker" })).toEqual([null, "harbor", "harbor", "atlas"]);
  });
});

describe("titles by clip name", () => {
  it.each([
    ["harbor-clip-7", "harbor"],
    ["harbor", "harbor"],
    ["midnight.harbor.mov", "midnight.harbor"],
    ["HARBOR.MXF", "HARBOR"],
    ["harbor-clip-2.mp4", "harbor"],
    ["Midnight Harbor", null],
    ["", null],
  ])("%j is a clip of %j", (name, title) => expect(byName(name)).toBe(title));
});

describe("titles by pattern", () => {
  it.each([
    ["harbor_v2_001.mov", "(?P<title_id>[a-z]+)_v", "harbor"],
    ["harbor_v2_001.mov", "(?<title_id>[a-z]+)_v", "harbor"],
    ["a-a", "(?P<x>.)-(?P=x)|(?P<title_id>b)", null],
    ["harbor-clip-2", "(?P<title_id>[a-z]+)_v", "harbor"],
    ["Midnight Harbor_v1", "(?P<title_id>.+)_v", null],
    ["001", "(?P<title_id>[a-z]+)", null],
  ])("%j matches %j: %j", (name, pattern, title) => expect(byName(name, pattern)).toBe(title));

  it("is tried on the first 300 characters, as the check does", () => {
    expect(byName(`${"-".repeat(299)}ab_v`, "(?P<title_id>[ab]+)")).toBe("a");
  });

  it("needs a group title_id", async () => {
    const problem = await problemOf(() => compilePattern("(?P<title>[a-z]+)"));
    expect(problem).toMatchObject({ message: "The pattern has no group title_id." });
    expect((await problemOf(() => compilePattern(""))).message).toContain("title_id");
  });

  it("says what is wrong with one that is no regular expression", async () => {
    const problem = await problemOf(() => compilePattern("(?P<title_id>"));
    expect(problem.message).toMatch(/not a valid regular expression: .+\.$/);
  });
});
