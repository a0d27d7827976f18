/**
 * Sheets that say which title a clip is of: that of a layout policy, with the columns `clip_name` and
 * `title_id`, or the one that `sizzle mega build` takes, with `title_id`, `source` and perhaps `clip`.
 */

import { isTitleId } from "./key";
import { Problem } from "./problem";

const FIX =
  "save it from the spreadsheet as CSV UTF-8, with the columns clip_name and title_id, or title_id " +
  "and source as for `sizzle mega build`.";

/** The names that a row's clip may have, and its title. */
interface Named {
  readonly names: readonly string[];
  readonly titleId: string;
}

/**
 * Read a sheet; other columns are ignored.
 *
 * @param text - the file's content, separated by commas, semicolons or tabs.
 * @param where - the file's name, for errors.
 * @returns title ids by clip name.
 * @throws {Problem} a column is missing, a title id is none, or a clip's name has two titles.
 */
export function parseSheet(text: string, where: string): Map<string, string> {
  const [header = [], ...rows] = parseCsv(text.replace(/^\uFEFF/, ""), where);
  const namedBy = columnsOf(header, where);
  const titles = new Map<string, string>();
  rows.forEach((row, position) => {
    const { names, titleId } = namedBy(row);
    const problem = wrong(titles, names, titleId);
    if (problem) throw new Problem(problem, { where: `${where}, row ${position + 2}`, fix: FIX });
    names.forEach((name) => titles.set(name, titleId));
  });
  return titles;
}

/** How a row's cells are read. @throws {Problem} the columns are of no such sheet. */
function columnsOf(header: readonly string[], where: string): (row: readonly string[]) => Named {
  const column = (name: string) => {
    const index = header.indexOf(name);
    return (row: readonly string[]) => (index < 0 ? "" : (row[index] ?? ""));
  };
  const [titleId, clip, source] = [column("title_id"), column("clip"), column("source")];
  if (header.includes("title_id") && header.includes("clip_name")) {
    const name = column("clip_name");
    return (row) => ({ names: [name(row)], titleId: titleId(row) });
  }
  if (header.includes("title_id") && header.includes("source")) {
    return (row) => ({
      names: clip(row) ? [clip(row)] : fileNames(source(row)),
      titleId: titleId(row),
    });
  }
  throw new Problem("The sheet has no columns clip_name and title_id.", { where, fix: FIX });
}

/** What Premiere calls a clip of a file, before anybody renames it: with its suffix or without. */
function fileNames(path: string): string[] {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  return [name, name.replace(/\.[^.]*$/, "")];
}

function wrong(
  titles: ReadonlyMap<string, string>,
  names: readonly string[],
  titleId: string,
): string {
  const other = names.find((name) => (titles.get(name) ?? titleId) !== titleId);
  if (other) return `Clip name “${other}” has two titles, ${titles.get(other)} and ${titleId}.`;
  return isTitleId(titleId) ? "" : `“${titleId}” is no title id.`;
}

/** The cells of each row that is not empty, without spaces around them. */
function parseCsv(text: string, where: string): string[][] {
  const separator = separatorOf(text.split("\n", 1)[0] ?? "");
  const rows: string[][] = [[]];
  // A cell, quoted or not, and what ends it.
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, "y");
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [, quoted, plain = "", end] = match;
    rows.at(-1)?.push((quoted?.replace(/""/g, '"') ?? plain).trim());
    if (!end) return rows.filter((row) => row.some(Boolean));
    if (end !== separator) rows.push([]);
  }
  throw new Problem("The sheet is not CSV: a quote is not closed, or is within a cell.", {
    where,
    fix: FIX,
  });
}

/** Spreadsheets write what their country's settings say. */
function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
}
