/** From a sequence to its findings, by way of the service. */

import { exported, fileName } from "./export";
import type { Report } from "./findings";
import { isMechanical } from "./fixing";
import { doubts, isFlag } from "./flags";
import type { ChosenFile, Files, Host, Service, ServiceAccess, Waiting } from "./host";
import { isTitleId } from "./key";
import { Problem } from "./problem";
import { isSame, type Sequence } from "./sequence";
import { baseOf } from "./service";

/** A report that is shown, and the sequence that it is about. */
export interface Checked {
  readonly sequence: Sequence;
  readonly report: Report;
  /** The sequence as it was checked; null where the report is from a file. */
  readonly before: Sequence | null;
  /** What to doubt in it. */
  readonly notes: readonly string[];
  /** How many of its findings the panel can mend. */
  readonly fixable: number;
}

/** A report, to be shown. */
export function checkedReport(
  sequence: Sequence,
  report: Report,
  before: Sequence | null,
): Checked {
  const fixable = report.findings.filter(isMechanical).length;
  return { sequence, report, before, notes: doubts(sequence, report), fixable };
}

/** What a check needs. */
export interface CheckParts {
  readonly host: Host;
  readonly files: Files;
  readonly service: Service;
}

/** Where sequences are checked, and against what. */
export interface CheckSettings {
  readonly service: string;
  readonly key: string;
  readonly layout: ChosenFile | null;
}

/**
 * Export a sequence to a file of the panel's own, and have the service check that.
 *
 * @throws {Problem} Premiere does not export it, or the service cannot check it.
 */
export async function checkSequence(
  { host, files, service }: CheckParts,
  sequence: Sequence,
  { service: address, key, layout }: CheckSettings,
  waiting: Waiting,
): Promise<Report> {
  const access: ServiceAccess = { address: baseOf(address), key: checkedKey(key) };
  waiting("Exporting the sequence…");
  const draft = await files.draft("sizzle-check.xml");
  try {
    const before = await draft.state();
    await host.exportXml(sequence, draft.path);
    exported(draft.path, before, await draft.state());
    const xml = await draft.read();
    const assetId = assetIdOf(sequence.name);
    const upload = { fileName: fileName(sequence.name), xml, assetId, layout };
    return await service.check(access, upload, waiting);
  } finally {
    await draft.remove();
  }
}

/** @throws {Problem} the sequence is not as it was checked, but for the markers of findings. */
export function refuseChanged({ before }: Checked, now: Sequence): void {
  if (!before || isSame(withoutFlags(before), withoutFlags(now))) return;
  throw new Problem("The sequence has changed since it was checked.", {
    where: now.name,
    fix: "check it again.",
  });
}

function withoutFlags(sequence: Sequence): Sequence {
  return { ...sequence, markers: sequence.markers.filter((marker) => !isFlag(marker)) };
}

/** The id of the upload, for the service's list of uploads. */
function assetIdOf(name: string): string {
  const id = name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "")
    .slice(0, 100);
  return isTitleId(id) ? id : "sequence";
}

/** A key with anything but visible ASCII would be refused by the platform, which may quote it. */
function checkedKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]*$/.test(trimmed)) return trimmed;
  throw new Problem("The key has characters that no key has.", {
    where: "Key",
    fix: "copy it again as `sizzle keys create` printed it.",
  });
}
