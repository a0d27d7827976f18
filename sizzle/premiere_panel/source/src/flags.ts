/**
 * Findings as coloured sequence markers, the same as `sizzle validate --markers` writes: shown by
 * either, they are known again by both.
 */

import { type Change, inOrder } from "./changes";
import type { Finding, Report } from "./findings";
import { alike, type Colour, type Marker, type Sequence } from "./sequence";

const NAME = /^[a-z]+(-[a-z]+)*( \(.*\))?$/;
const COMMENTS = /^Expected: [^]*\sFound: [^]*\sFix: /;

// Findings that are mended in names and markers, not in the edit.
const NAMING_RULES = new Set([
  "clip-number",
  "marker-missing",
  "marker-off-cut",
  "no-markers",
  "split-title",
  "title-unknown",
]);

/** Whether a marker shows a finding. */
export function isFlag({ name, comments }: Marker): boolean {
  return NAME.test(name) && COMMENTS.test(comments);
}

/** The changes that leave exactly these findings as markers; those that are there stay. */
export function flagFindings(sequence: Sequence, report: Report): Change[] {
  const stale = new Map<string, Marker[]>();
  for (const marker of sequence.markers.filter(isFlag)) {
    stale.set(alike(marker), [...(stale.get(alike(marker)) ?? []), marker]);
  }
  const adds = report.findings.flatMap((finding): Change[] => {
    const { start, name, comments } = flagOf(finding, sequence);
    const there = stale.get(alike({ start, name, comments }))?.pop();
    return there ? [] : [{ kind: "add", at: start, name, comments }];
  });
  const removes = [...stale.values()].flat().map((marker): Change => ({ kind: "remove", marker }));
  return inOrder([...removes, ...adds]);
}

/** The changes that remove all findings' markers. */
export function clearFlags(sequence: Sequence): Change[] {
  return sequence.markers.filter(isFlag).map((marker) => ({ kind: "remove", marker }));
}

/** The changes that give the markers of these findings their colours. */
export function colourFlags(sequence: Sequence, report: Report): Change[] {
  const colours = new Map(
    report.findings.map((finding) => [alike(flagOf(finding, sequence)), colourOf(finding)]),
  );
  return sequence.markers.flatMap((marker): Change[] => {
    const colour = isFlag(marker) ? colours.get(alike(marker)) : undefined;
    return !colour || colour === marker.colour ? [] : [{ kind: "colour", marker, colour }];
  });
}

/** What colour a finding has: it says where it is mended. */
export function colourOf({ rule, severity }: Pick<Finding, "rule" | "severity">): Colour {
  if (rule.startsWith("media-")) return "magenta";
  if (severity === "warning") return "yellow";
  return NAMING_RULES.has(rule) ? "orange" : "red";
}

/** What an editor must know before these findings are shown on this sequence. */
export function doubts(sequence: Sequence, report: Report): string[] {
  const here = (frame: number) => sequence.clock.timecode(sequence.clock.ticks(frame));
  const odd = report.findings.find(({ frame, timecode }) => here(frame) !== timecode);
  return [
    ...(report.sequence === sequence.name
      ? []
      : [`The findings are of sequence “${report.sequence}”; this is “${sequence.name}”.`]),
    ...(odd
      ? [
          `Frame ${odd.frame} is ${odd.timecode} in the findings and ${here(odd.frame)} here: ` +
            "check rate and start time, or export and validate anew.",
        ]
      : []),
  ];
}

function flagOf(finding: Finding, sequence: Sequence): Pick<Marker, "start" | "name" | "comments"> {
  const { rule, clip, frame, expected, found, fix } = finding;
  return {
    start: sequence.clock.ticks(frame),
    // In brackets, as a bare key would name the clip.
    name: clip ? `${rule} (${clip})` : rule,
    comments: `Expected: ${expected}\nFound: ${found}\nFix: ${fix}`,
  };
}
