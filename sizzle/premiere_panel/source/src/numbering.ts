/** Number the clips of each title, and write their keys where the ingest reads them. */

import { type Change, inOrder } from "./changes";
import { HIGHEST_NUMBER, keyText, parseKey } from "./key";
import { Problem } from "./problem";
import type { Clip, Marker, Sequence } from "./sequence";
import { titlesOf, type TitleRule } from "./titles";
import { listed, plural } from "./words";

/** How clips are numbered. */
export interface NumberingOptions {
  readonly rule: TitleRule;
  /** Whether clips get their keys as names, besides the markers. */
  readonly renameClips: boolean;
}

/**
 * The changes that leave one marker on each clip's first frame, with the clip's key as its name.
 *
 * Markers that are no clip's key are the editor's own and stay as they are.
 *
 * @throws {Problem} no clips, a clip whose title nothing says, or more clips than keys can count.
 */
export function numberClips(sequence: Sequence, options: NumberingOptions): Change[] {
  const { clips } = sequence;
  if (!clips.length) throw noClips(sequence);
  const keyed = sequence.markers.filter((marker) => parseKey(marker.name));
  const named = firstInside(clips, keyed);
  const keys = numbered(sequence, titlesOf(clips, named, options.rule), options.rule);
  const kept = new Set(named);
  return inOrder([
    ...keyed.filter((marker) => !kept.has(marker)).map(removal),
    ...clips.flatMap((clip, position) => {
      const key = keys[position];
      if (!key) return [];
      const renamed = options.renameClips && clip.name !== key;
      return [
        ...marked(clip, named[position] ?? null, key),
        ...(renamed ? [{ kind: "clip", clip, name: key } as const] : []),
      ];
    }),
  ]);
}

/** The first marker within each clip, on its first frame or not; both come in timeline order. */
function firstInside(clips: readonly Clip[], markers: readonly Marker[]): (Marker | null)[] {
  let next = 0;
  return clips.map((clip) => {
    while ((markers[next]?.start ?? clip.start) < clip.start) next += 1;
    const marker = markers[next];
    return marker && marker.start < clip.end ? marker : null;
  });
}

function removal(marker: Marker): Change {
  return { kind: "remove", marker };
}

/** The changes to a clip's marker. It is renamed before it is moved, as a moved one may be new. */
function marked(clip: Clip, marker: Marker | null, key: string): Change[] {
  if (!marker) return [{ kind: "add", at: clip.start, name: key, comments: "" }];
  return [
    ...(marker.name === key ? [] : [{ kind: "rename", marker, name: key } as const]),
    ...(marker.start === clip.start ? [] : [{ kind: "move", marker, at: clip.start } as const]),
  ];
}

/** The key of each clip, counted from 1 within its title, in timeline order; empty without one. */
function numbered(
  sequence: Sequence,
  titles: readonly (string | null)[],
  rule: TitleRule,
): string[] {
  // A selection is about its own clips; those that no title has yet are left for another one.
  const partial = rule.by === "selection";
  const unknown = sequence.clips.filter((_, position) => !partial && titles[position] === null);
  if (unknown.length) throw unknownTitles(sequence, unknown, rule);
  const counts = new Map<string, number>();
  return titles.map((title) => {
    if (title === null) return "";
    const number = (counts.get(title) ?? 0) + 1;
    if (number > HIGHEST_NUMBER) throw tooMany(title);
    counts.set(title, number);
    return keyText(title, number);
  });
}

function noClips(sequence: Sequence): Problem {
  return new Problem(`V${sequence.track} has no clips.`, {
    where: sequence.name,
    fix: "choose the track that the clips are on.",
  });
}

const HOW_TO_NAME: Record<TitleRule["by"], string> = {
  marker: "set a sequence marker <title_id>-clip-1 on the first clip of each title.",
  name: "name such clips by their title id (letters, digits, '.', '_', '-'), or use a pattern.",
  sheet: "add a row with the clip's name to the sheet.",
  selection: "select clips, and enter their title's id.",
  pattern: "correct the pattern: its group title_id must match letters, digits, '.', '_' and '-'.",
};

function unknownTitles(sequence: Sequence, unknown: readonly Clip[], rule: TitleRule): Problem {
  const places = unknown.map(
    (clip) => `${sequence.clock.timecode(clip.start)} ${clip.name || "(no name)"}`,
  );
  return new Problem(
    `The title is unknown for ${plural(unknown.length, "clip")}; nothing is written.`,
    { where: listed(places), fix: HOW_TO_NAME[rule.by] },
  );
}

function tooMany(titleId: string): Problem {
  return new Problem(`Title ${titleId} has over ${HIGHEST_NUMBER} clips.`, {
    fix: "check how titles are identified.",
  });
}
