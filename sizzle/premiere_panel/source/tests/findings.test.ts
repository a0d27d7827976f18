import { describe, expect, it } from "vitest";

import { parseReport } from "../src/findings";
import { problemOf } from "./make";
import shared from "./shared/findings.json";

function changed(field: string, value: unknown): string {
  const [first, ...others] = shared.findings;
  return JSON.stringify({ ...shared, findings: [...others, { ...first, [field]: value }] });
}

describe("a report of findings", () => {
  it("is what sizzle validate prints", () => {
    const report = parseReport(JSON.stringify(shared), "findings.json");
    expect(report).toEqual({ sequence: "Mega Asset", findings: shared.findings });
  });

  it("may have none, and may start with a byte order mark", () => {
    expect(parseReport('\uFEFF{"sequence":"x","findings":[]}', "f").findings).toEqual([]);
  });

  it.each([
    "",
    "no json",
    "\u0000{",
    "[1, 2]",
    "null",
    "7",
    '{"findings": []}',
    '{"sequence": "x"}',
  ])("is not %j", async (text) => {
    const problem = await problemOf(() => parseReport(text, "f.json"));
    expect(problem.where).toBe("f.json");
    expect(problem.fix).toContain("sizzle validate");
  });

  it.each([
    ["rule", 7],
    ["timecode", null],
    ["fix", undefined],
    ["frame", -1],
    ["frame", 1.5],
    ["frame", "12"],
    ["frame", 1e15],
    ["track", null],
    ["severity", "fatal"],
  ])("has no finding whose %s is %j", async (field, value) => {
    const problem = await problemOf(() => parseReport(changed(field, value), "f.json"));
    expect(problem.message).toBe(`Its ${field} is missing or malformed.`);
    expect(problem.where).toBe("f.json, finding 2");
  });

  it("has no finding that is no object", async () => {
    const text = '{"sequence": "x", "findings": [null]}';
    expect((await problemOf(() => parseReport(text, "f"))).where).toBe("f, finding 1");
  });
});
