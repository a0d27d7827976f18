/** Which title is a clip? By its marker, by its name, or by a pattern on its name. */

import { isTitleId, parseKey } from "./key";
import { Problem } from "./problem";
import type { Clip, Marker } from "./sequence";

/** Where a clip's title is said; the same choices as `titles.by` of a layout policy. */
export type TitleRule =
  | { readonly by: "marker" }
  | { readonly by: "name" }
  | { readonly by: "pattern"; readonly pattern: RegExp }
  | { readonly by: "sheet"; readonly titles: ReadonlyMap<string, string> }
  | {
      readonly by: "selection";
      readonly titleId: string;
      /** Where the selected clips start. */
      readonly starts: ReadonlySet<bigint>;
    };

const LONGEST_NAME = 300; // characters that a pattern is tried on
const MEDIA_SUFFIX = /\.(avi|braw|jpe?g|m4v|mkv|mov|mp4|mpe?g|mts|mxf|png|r3d|tiff?|webm)$/i;

/**
 * Read a pattern as a layout policy spells it, `(?P<title_id>[a-z]+)_\d+`, or as JavaScript does.
 *
 * @throws {Problem} no regular expression, or one without a group `title_id`.
 */
export function compilePattern(text: string): RegExp {
  const source = text.replace(/\(\?P</g, "(?<").replace(/\(\?P=(\w+)\)/g, "\\k<$1>");
  if (!groupNames(source).includes("title_id")) {
    throw new Problem("The pattern has no group title_id.", {
      where: "Pattern",
      fix: "name the part that is the title, as in (?P<title_id>[a-z-]+)_v[0-9]+.",
    });
  }
  return new RegExp(source);
}

function groupNames(source: string): string[] {
  try {
    // With an empty alternative it matches anything, and a match lists all groups by name.
    return Object.keys(new RegExp(`${source}|`).exec("")?.groups ?? {});
  } catch (error) {
    throw new Problem(`The pattern is not a valid regular expression: ${(error as Error).message}.`, {
      where: "Pattern",
      fix: "correct it; it is matched against each clip's name.",
    });
  }
}

/**
 * The title of each clip, null where nothing says it.
 *
 * @param clips - in timeline order.
 * @param named - the marker that names each clip, null where it has none.
 */
export function titlesOf(
  clips: readonly Clip[],
  named: readonly (Marker | null)[],
  rule: TitleRule,
): (string | null)[] {
  if (rule.by === "marker") return carriedOn(named.map((marker) => titleInKey(marker?.name)));
  if (rule.by === "selection") {
    return clips.map((clip, position) =>
      rule.starts.has(clip.start) ? rule.titleId : titleInKey(named[position]?.name),
    );
  }
  if (rule.by === "sheet") {
    return clips.map(({ name }) => rule.titles.get(name.trim()) ?? titleInKey(name));
  }
  const said =
    rule.by === "name" ? titleInName : (name: string) => titleInMatch(name, rule.pattern);
  return clips.map((clip) => said(clip.name));
}

/** A clip without a marker goes on with the title before it, so one marker a title is enough. */
function carriedOn(titles: readonly (string | null)[]): (string | null)[] {
  let last: string | null = null;
  return titles.map((title) => (last = title ?? last));
}

function titleInKey(name: string | undefined): string | null {
  return parseKey(name ?? "")?.titleId ?? null;
}

function titleInName(name: string): string | null {
  const bare = name.trim().replace(MEDIA_SUFFIX, "");
  return titleInKey(bare) ?? (isTitleId(bare) ? bare : null);
}

function titleInMatch(name: string, pattern: RegExp): string | null {
  const title = pattern.exec(name.slice(0, LONGEST_NAME))?.groups?.["title_id"];
  if (title !== undefined && isTitleId(title)) return title;
  // Clips that were numbered before are called by their keys, which the pattern need not fit.
  return titleInKey(name);
}
