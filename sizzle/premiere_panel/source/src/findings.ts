/** The findings of `sizzle validate FILE --json`, as a file or the service has them. */

import { Problem } from "./problem";

/** How bad a finding is: an error stops publication. */
export type Severity = "error" | "warning";

/** One step of a finding's fix, for programs; frames count from the sequence's first. */
export interface Edit {
  readonly operation: string;
  readonly frame: number;
  /** Of the clip or marker, or empty. */
  readonly name: string;
  /** What should be there: a frame, a name, or nothing. */
  readonly to: unknown;
}

/** One thing that is wrong with a timeline; the fields that `sizzle` prints. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Of the sequence, counted from its first. */
  readonly frame: number;
  readonly timecode: string;
  /** Of video, 1 for V1; 0 where it concerns the sequence. */
  readonly track: number;
  readonly clip: string;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
  /** The same for programs; those of earlier versions have none. */
  readonly edits: readonly Edit[];
}

/** What one run of the check said of one sequence. */
export interface Report {
  readonly sequence: string;
  readonly findings: readonly Finding[];
}

const HOW_TO_MAKE = "make the file with `sizzle validate TIMELINE.xml --json > findings.json`.";
const TEXTS = ["rule", "timecode", "clip", "expected", "found", "fix"] as const;
const COUNTS = ["frame", "track"] as const;
const LAST_FRAME = 1_000_000_000; // over three months at 120 frames a second

/**
 * Read a report.
 *
 * @param text - the file's content.
 * @param where - the file's name, for errors.
 * @throws {Problem} no JSON, or not what `sizzle validate --json` prints.
 */
export function parseReport(text: string, where: string): Report {
  const { sequence, findings } = parseObject(text, where);
  if (typeof sequence !== "string" || !Array.isArray(findings)) {
    throw new Problem("The file has no findings: `sequence` or `findings` is missing.", {
      where,
      fix: HOW_TO_MAKE,
    });
  }
  return {
    sequence,
    findings: findings.map((each: unknown, position) =>
      checked(each, `${where}, finding ${position + 1}`),
    ),
  };
}

function parseObject(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isObject(value) ? value : {};
  } catch {
    throw new Problem("The file is not JSON in UTF-8.", { where, fix: HOW_TO_MAKE });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checked(value: unknown, where: string): Finding {
  const fields = isObject(value) ? value : {};
  const wrong =
    TEXTS.find((name) => typeof fields[name] !== "string") ??
    COUNTS.find((name) => !isCount(fields[name])) ??
    (fields["severity"] === "error" || fields["severity"] === "warning" ? null : "severity");
  if (wrong) {
    throw new Problem(`Its ${wrong} is missing or malformed.`, { where, fix: HOW_TO_MAKE });
  }
  return { ...(fields as unknown as Finding), edits: checkedEdits(fields["edits"], where) };
}

function checkedEdits(value: unknown, where: string): Edit[] {
  const edits: readonly unknown[] = Array.isArray(value) ? value : [];
  if ((value !== undefined && value !== edits) || !edits.every(isEdit)) {
    throw new Problem("Its edits are malformed.", { where, fix: HOW_TO_MAKE });
  }
  return edits as Edit[];
}

function isEdit(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { operation, name, frame } = value;
  return typeof operation === "string" && typeof name === "string" && Number.isInteger(frame);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LAST_FRAME;
}
