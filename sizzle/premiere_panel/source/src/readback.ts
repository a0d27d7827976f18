/** Is what we wrote really there? Premiere's word for it is not proof, so the panel looks. */

import { applied, type Change } from "./changes";
import { alike, type Clip, type Marker, type Sequence } from "./sequence";
import { plural } from "./words";

/**
 * What is not as the changes should have left it, each in words with its timecode.
 *
 * @param before - the sequence that the changes were made for.
 * @param after - the sequence as it was read afterwards.
 */
export function unmet(
  before: Sequence,
  changes: readonly Change[],
  after: Sequence,
): readonly string[] {
  const expected = applied(before, changes);
  return [
    ...lacking(expected.markers, after.markers).map((each) => `no ${text(each, before)}`),
    ...lacking(after.markers, expected.markers).map((each) => `still ${text(each, before)}`),
    ...expected.clips
      .filter((clip, position) => !isThere(clip, after.clips[position]))
      .map((clip) => `no clip ${clip.name} at ${before.clock.timecode(clip.start)}`),
    ...(after.clipCount === expected.clipCount
      ? []
      : [`${plural(after.clipCount, "clip")} instead of ${expected.clipCount}`]),
    ...uncoloured(changes, after).map((each) => `no colour on ${text(each, before)}`),
  ];
}

/** A clip that was moved meanwhile leaves its marker off the cut. */
function isThere(expected: Clip, found: Clip | undefined): boolean {
  return found?.name === expected.name && found.start === expected.start;
}

/** Those of `some` that `others` do not hold, counted: two alike need two alike. */
function lacking(some: readonly Marker[], others: readonly Marker[]): Marker[] {
  const counts = new Map<string, number>();
  for (const marker of others) counts.set(alike(marker), (counts.get(alike(marker)) ?? 0) + 1);
  return some.filter((marker) => {
    const left = counts.get(alike(marker)) ?? 0;
    counts.set(alike(marker), left - 1);
    return left <= 0;
  });
}

function uncoloured(changes: readonly Change[], after: Sequence): Marker[] {
  const colours = new Map(after.markers.map((marker) => [marker.id, marker.colour]));
  return changes.flatMap((change) =>
    change.kind === "colour" && colours.get(change.marker.id) !== change.colour
      ? [change.marker]
      : [],
  );
}

function text(marker: Marker, sequence: Sequence): string {
  return `marker ${marker.name} at ${sequence.clock.timecode(marker.start)}`;
}
