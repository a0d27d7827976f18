/** Exported files: what they are called, and whether they are there. */

import type { FileState } from "./host";
import { Problem } from "./problem";

/** A name that every disk takes. */
export function fileName(sequenceName: string): string {
  return `${sequenceName.replace(/[\\/:*?"<>|\p{Cc}]/gu, "-").trim() || "sequence"}.xml`;
}

/** The message about an export. @throws {Problem} the file is not a new one, or it is empty. */
export function exported(path: string, before: FileState | null, after: FileState | null): string {
  if (!after || Number.isNaN(after.modified)) return `Premiere reports an export to ${path}`;
  if (before?.modified === after.modified) {
    throw noExport(path, "the file there is the earlier one, unchanged");
  }
  if (!after.size) throw noExport(path, "the file is empty");
  return `Exported to ${path}`;
}

function noExport(path: string, why: string): Problem {
  return new Problem(`Premiere reported an export, but ${why}.`, {
    where: path,
    fix: "choose another folder, or use File > Export > Final Cut Pro XML.",
  });
}
