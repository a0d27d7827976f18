/** Plans: shown to the editor first, carried out only when asked, and checked afterwards. */

import { applied, type Change } from "./changes";
import type { Report } from "./findings";
import { fixFindings } from "./fixing";
import { clearFlags, colourFlags, doubts, flagFindings } from "./flags";
import type { Host, Progress } from "./host";
import { parseKey } from "./key";
import { numberClips, type NumberingOptions } from "./numbering";
import { Problem, Stopped } from "./problem";
import { unmet } from "./readback";
import type { Sequence } from "./sequence";
import { listed, plural } from "./words";

/** One step of Edit > Undo: the changes it makes to a sequence, whatever state that is in. */
interface Step {
  readonly label: string;
  readonly changes: (sequence: Sequence) => readonly Change[];
}

/** What would be written, and for which state of the sequence. */
export interface Plan {
  readonly title: string;
  /** What the plan found, in a sentence, or empty. */
  readonly about: string;
  readonly sequence: Sequence;
  /** What the list shows. */
  readonly changes: readonly Change[];
  /** What to doubt before it is written. */
  readonly notes: readonly string[];
  /** Whether what was found stays true once it is written. */
  readonly keepsFindings: boolean;
  readonly steps: readonly Step[];
}

/** Number the clips of each title. @throws {Problem} it cannot be done. */
export function planNumbering(sequence: Sequence, options: NumberingOptions): Plan {
  const made = plan(sequence, "Number clips", (now) => numberClips(now, options));
  return { ...made, about: aboutTitles(sequence, made.changes) };
}

/** Show findings as coloured markers. */
export function planFindings(sequence: Sequence, report: Report): Plan {
  const made = plan(sequence, "Show findings", (now) => flagFindings(now, report));
  // A marker can be coloured only once it exists, so its colour is a step of its own.
  const colour = (now: Sequence) => colourFlags(now, report);
  const steps = [...made.steps, { label: "Colour findings", changes: colour }];
  const changes = made.changes.length ? made.changes : colour(sequence);
  const about = `${plural(report.findings.length, "finding")}.`;
  return { ...made, about, changes, notes: doubts(sequence, report), keepsFindings: true, steps };
}

/** Mend the findings that are of markers alone, in one step of Edit > Undo. */
export function planFixing(sequence: Sequence, report: Report): Plan {
  const { made, left } = fixFindings(sequence, report.findings);
  const planned = plan(sequence, "Fix findings", (now) => fixFindings(now, report.findings).changes);
  const about = `Mends ${made.length} of ${plural(report.findings.length, "finding")}.`;
  const rest = left.length
    ? [`${plural(left.length, "finding")} left for you: their rows say what to do.`]
    : [];
  return { ...planned, about, notes: [...doubts(sequence, report), ...rest] };
}

/** Remove the markers of all findings. */
export function planClearing(sequence: Sequence): Plan {
  return plan(sequence, "Clear findings", clearFlags);
}

function plan(
  sequence: Sequence,
  title: string,
  changes: (sequence: Sequence) => readonly Change[],
): Plan {
  const step = { label: title, changes };
  const made = { title, about: "", sequence, changes: changes(sequence), notes: [] };
  return { ...made, keepsFindings: false, steps: [step] };
}

/** `18 clips of 3 titles`: titles told apart wrongly show in their number first. */
function aboutTitles(sequence: Sequence, changes: readonly Change[]): string {
  const keys = applied(sequence, changes).markers.map((marker) => parseKey(marker.name));
  const titles = new Set(keys.flatMap((key) => (key ? [key.titleId] : [])));
  return `${plural(sequence.clips.length, "clip")} of ${plural(titles.size, "title")}.`;
}

/** Whether there is nothing to write. */
export function isEmpty({ changes }: Plan): boolean {
  return !changes.length;
}

/** What carrying out a plan led to. */
export interface Outcome {
  /** What was done, for the editor. */
  readonly note: string;
  /** The sequence afterwards. */
  readonly sequence: Sequence;
}

/**
 * Write a plan, step by step, and look whether each step is really there.
 *
 * @throws {Problem} the sequence has changed since, Premiere refuses, or what it wrote is not what
 *   was asked.
 * @throws {Stopped} the progress threw it before anything was written.
 */
export async function carryOut(
  host: Host,
  { title, sequence, steps }: Plan,
  progress: Progress,
): Promise<Outcome> {
  let now = sequence;
  let undos = 0;
  for (const { label, changes } of steps) {
    const wanted = changes(now);
    if (!wanted.length) continue;
    await host.write(now, label, wanted, progress);
    undos += 1;
    const after = await written(host, now, label, progress);
    refuseUnmet(unmet(now, wanted, after), label);
    now = after;
  }
  const more = undos > 1 ? `; ${plural(undos, "step")} of Edit > Undo` : "";
  return { note: `${title}: done${more}.`, sequence: now };
}

/** The sequence after a step. @throws {Problem} the editor does not wait for it. */
async function written(
  host: Host,
  before: Sequence,
  label: string,
  progress: Progress,
): Promise<Sequence> {
  try {
    return await host.readAgain(before, progress);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new Problem(`Stopped: “${label}” is written, but not checked.`, {
      where: before.name,
      fix: "press the button again: it lists what is left to change.",
    });
  }
}

function refuseUnmet(differences: readonly string[], label: string): void {
  if (!differences.length) return;
  const count = plural(differences.length, "difference");
  throw new Problem(`Premiere reported success, but with ${count} from the plan.`, {
    where: listed(differences),
    fix: `use Edit > Undo ${label}, unlock the track, let nothing move meanwhile, and try again.`,
  });
}
