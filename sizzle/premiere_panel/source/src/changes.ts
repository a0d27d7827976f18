/** What is to be written to a sequence: decided and shown first, and checked afterwards. */

import type { Clip, Colour, Marker, Sequence } from "./sequence";
import { plural } from "./words";

/** One thing to write. */
export type Change =
  | { readonly kind: "add"; readonly at: bigint; readonly name: string; readonly comments: string }
  | { readonly kind: "rename"; readonly marker: Marker; readonly name: string }
  | { readonly kind: "move"; readonly marker: Marker; readonly at: bigint }
  | { readonly kind: "remove"; readonly marker: Marker }
  | { readonly kind: "colour"; readonly marker: Marker; readonly colour: Colour }
  | { readonly kind: "clip"; readonly clip: Clip; readonly name: string };

/** Where a change is, in ticks of the sequence. */
export function placeOf(change: Change): bigint {
  if (change.kind === "add") return change.at;
  return change.kind === "clip" ? change.clip.start : change.marker.start;
}

/** The name that a marker or clip has after a change, or, if it goes, had before. */
export function nameOf(change: Change): string {
  return "name" in change ? change.name : change.marker.name;
}

/** What a change does, in words, without its place and name. */
export function describe(change: Change, sequence: Sequence): string {
  switch (change.kind) {
    case "add":
      return "add marker";
    case "rename":
      return `rename marker ${change.marker.name}`;
    case "move":
      return `move marker to ${sequence.clock.timecode(change.at)}`;
    case "remove":
      return "remove marker";
    case "colour":
      return `colour marker ${change.colour}`;
    case "clip":
      return `rename clip ${change.clip.name || "without a name"}`;
  }
}

const COUNTED: readonly (readonly [Change["kind"], string, string])[] = [
  ["add", "marker", "to add"],
  ["rename", "marker", "to rename"],
  ["move", "marker", "to move"],
  ["remove", "marker", "to remove"],
  ["colour", "marker", "to colour"],
  ["clip", "clip", "to rename"],
];

/** `2 markers to add, 1 clip to rename`. */
export function summary(changes: readonly Change[]): string {
  const counts = COUNTED.map(([kind, noun, verb]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count ? `${plural(count, noun)} ${verb}` : "";
  });
  return counts.filter(Boolean).join(", ");
}

/** Changes in timeline order; those at one place stay in the order they must be made in. */
export function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((one, other) => compare(placeOf(one), placeOf(other)));
}

/** For sorting by time. */
export function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The sequence as it must be once the changes are written; added markers have no id yet. */
export function applied(sequence: Sequence, changes: readonly Change[]): Sequence {
  const markers = new Map(sequence.markers.map((marker) => [marker.id, marker]));
  const names = new Map(sequence.clips.map((clip) => [clip, clip.name]));
  const added: Marker[] = [];
  for (const change of changes) {
    if (change.kind === "add") {
      const { at: start, name, comments } = change;
      added.push({ id: "", name, comments, start, colour: "other" });
    } else if (change.kind === "clip") names.set(change.clip, change.name);
    else if (change.kind === "remove") markers.delete(change.marker.id);
    else changeMarker(markers, change);
  }
  return {
    ...sequence,
    clips: sequence.clips.map((clip) => ({ ...clip, name: names.get(clip) ?? clip.name })),
    markers: [...markers.values(), ...added].sort((one, other) => compare(one.start, other.start)),
  };
}

function changeMarker(
  markers: Map<string, Marker>,
  change: Extract<Change, { kind: "rename" | "move" | "colour" }>,
): void {
  const marker = markers.get(change.marker.id) ?? change.marker;
  if (change.kind === "rename") markers.set(marker.id, { ...marker, name: change.name });
  else if (change.kind === "move") markers.set(marker.id, { ...marker, start: change.at });
  else markers.set(marker.id, { ...marker, colour: change.colour });
}
