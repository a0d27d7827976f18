import { describe, expect, it } from "vitest";

import { applied } from "../src/changes";
import { type Finding, parseReport, type Report, type Severity } from "../src/findings";
import { clearFlags, colourFlags, colourOf, doubts, flagFindings, isFlag } from "../src/flags";
import type { Sequence } from "../src/sequence";
import { markerOf, sequenceOf } from "./make";
import colours from "./shared/colours.json";
import shared from "./shared/findings.json";

const report = parseReport(JSON.stringify(shared), "findings.json");

function withFindings(change: Partial<Finding>): Report {
  return { ...report, findings: report.findings.map((each) => ({ ...each, ...change })) };
}

/** As Premiere leaves it: markers that were added have identifiers then. */
function after(sequence: Sequence, changes: ReturnType<typeof flagFindings>): Sequence {
  const done = applied(sequence, changes);
  const markers = done.markers.map((each, n) => ({ ...each, id: each.id || `new-${n}` }));
  return { ...done, markers };
}

describe("findings as markers", () => {
  it("stand on their frames, and say what, where and how to mend it", () => {
    const [error, warning] = flagFindings(sequenceOf([]), report);
    expect(error).toEqual({
      kind: "add",
      at: 320n * 10_594_584_000n,
      name: "wrong-length (aurora-clip-3)",
      comments: "Expected: 80 frames\nFound: 79 frames\nFix: extend it by 1 frame.",
    });
    expect(warning).toMatchObject({ name: "otio-mismatch" });
  });

  it("are known again, and no other marker is taken for one", () => {
    const shown = after(sequenceOf([]), flagFindings(sequenceOf([]), report));
    expect(shown.markers.every(isFlag)).toBe(true);
    const { comments } = shown.markers[0] ?? markerOf("", 0);
    for (const name of ["Look at this", "gap?", "my gap"]) {
      expect(isFlag(markerOf(name, 0, { comments }))).toBe(false);
    }
    for (const words of ["", "Fix: it", "Expected: by Friday"]) {
      expect(isFlag(markerOf("gap", 0, { comments: words }))).toBe(false);
    }
  });

  it("stay where they are right already, and go where they no longer hold", () => {
    const shown = after(sequenceOf([]), flagFindings(sequenceOf([]), report));
    expect(flagFindings(shown, report)).toEqual([]);
    const later = { ...report, findings: report.findings.slice(1) };
    expect(flagFindings(shown, later)).toEqual([{ kind: "remove", marker: shown.markers[0] }]);
  });

  it("are as many as the findings, even where two say the same", () => {
    const twice = { ...report, findings: [...report.findings, ...report.findings] };
    const shown = after(sequenceOf([]), flagFindings(sequenceOf([]), twice));
    expect(shown.markers).toHaveLength(4);
    expect(flagFindings(shown, twice)).toEqual([]);
    expect(flagFindings(shown, report)).toHaveLength(2);
  });

  it("get their colours, once", () => {
    const shown = after(sequenceOf([], [["gap", 0]]), flagFindings(sequenceOf([]), report));
    const changes = colourFlags(shown, report);
    expect(changes.map((each) => each.kind === "colour" && each.colour)).toEqual(["red", "yellow"]);
    expect(colourFlags(applied(shown, changes), report)).toEqual([]);
  });

  it.each(colours as { rule: string; severity: Severity; colour: string }[])(
    "of $rule ($severity) are $colour",
    ({ rule, severity, colour }) => expect(colourOf({ rule, severity })).toBe(colour),
  );

  it("are cleared without touching the editor's own", () => {
    const shown = after(sequenceOf([], [["a-clip-1", 0]]), flagFindings(sequenceOf([]), report));
    const cleared = applied(shown, clearFlags(shown));
    expect(cleared.markers.map((each) => each.name)).toEqual(["a-clip-1"]);
  });
});

describe("doubts", () => {
  it("are none where the findings are of this sequence", () => {
    expect(doubts(sequenceOf([]), report)).toEqual([]);
  });

  it("say that the findings are of a sequence of another name", () => {
    const [doubt] = doubts({ ...sequenceOf([]), name: "Copy" }, report);
    expect(doubt).toBe("The findings are of sequence “Mega Asset”; this is “Copy”.");
  });

  it("say that frames have other timecodes here", () => {
    const [doubt] = doubts(sequenceOf([]), withFindings({ timecode: "00:00:13:08" }));
    expect(doubt).toContain("Frame 320 is 00:00:13:08 in the findings and 01:00:13:08 here");
  });
});
