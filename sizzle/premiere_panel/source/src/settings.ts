/** What the editor sets, and the rule for titles that follows from it. */

import type { ChosenFile, Files, Host, Progress } from "./host";
import { isTitleId } from "./key";
import { Problem } from "./problem";
import { parseSheet } from "./sheet";
import { compilePattern, type TitleRule } from "./titles";

/** What the editor has set in the panel. */
export interface Settings {
  /** 1 for V1. */
  readonly track: number;
  readonly titlesBy: TitleRule["by"];
  readonly pattern: string;
  /** The title of the selected clips, where titles go by them. */
  readonly title: string;
  readonly renameClips: boolean;
  /** The service's address. */
  readonly service: string;
  readonly key: string;
  /** The layout that sequences are checked against; null for the service's default. */
  readonly layout: ChosenFile | null;
}

/**
 * How clips get their titles; null where the editor closes a picker without choosing.
 *
 * @throws {Problem} a pattern, sheet or title that cannot be used, or no selected clip.
 */
export async function titleRule(
  { track, titlesBy, pattern, title }: Settings,
  files: Files,
  host: Host,
  progress: Progress,
): Promise<TitleRule | null> {
  if (titlesBy === "pattern") return { by: "pattern", pattern: compilePattern(pattern) };
  if (titlesBy === "sheet") {
    const file = await files.chooseSheet();
    return file && { by: "sheet", titles: parseSheet(file.text, file.name) };
  }
  if (titlesBy !== "selection") return { by: titlesBy };
  const titleId = checkedTitle(title);
  const starts = await host.selectedStarts(track, progress);
  if (!starts.size) {
    throw new Problem(`No clip on V${track} is selected.`, {
      fix: "select the clips of one title in the timeline.",
    });
  }
  return { by: "selection", titleId, starts };
}

function checkedTitle(text: string): string {
  const titleId = text.trim();
  if (isTitleId(titleId)) return titleId;
  throw new Problem(titleId ? `“${titleId}” is no title id.` : "The title id is missing.", {
    where: "Title id",
    fix: "enter letters, digits, '.', '_' and '-', such as midnight-harbor.",
  });
}
