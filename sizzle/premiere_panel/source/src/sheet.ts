/** The sheet of a layout policy: a CSV file with the title of each clip's name. */

import { isTitleId } from "./key";
import { Problem } from "./problem";

const FIX = "save it from the spreadsheet as CSV UTF-8, with the columns clip_name and title_id.";

/**
 * Read a sheet of `clip_name` and `title_id`; other columns are ignored.
 *
 * @param text - the file's content, separated by commas, semicolons or tabs.
 * @param where - the file's name, for errors.
 * @throws {Problem} a column is missing, a title id is none, or a clip's name comes twice.
 */
export function parseSheet(text: string, where: string): Map<string, string> {
  const [header = [], ...rows] = parseCsv(text.replace(/^\uFEFF/, ""), where);
  const [name, title] = [header.indexOf("clip_name"), header.indexOf("title_id")];
  if (name < 0 || title < 0) {
    throw new Problem("The sheet has no columns clip_name and title_id.", { where, fix: FIX });
  }
  const titles = new Map<string, string>();
  rows.forEach((row, position) => {
    const [clip, titleId] = [row[name] ?? "", row[title] ?? ""];
    const problem = wrong(titles, clip, titleId);
    if (problem) throw new Problem(problem, { where: `${where}, row ${position + 2}`, fix: FIX });
    titles.set(clip, titleId);
  });
  return titles;
}

function wrong(titles: ReadonlyMap<string, string>, clip: string, titleId: string): string {
  if (titles.has(clip)) return `Clip name “${clip}” is in the sheet twice.`;
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
