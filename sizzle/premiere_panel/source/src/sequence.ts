/** One sequence as the panel read it: plain values, no object of Premiere's. */

import type { Clock } from "./clock";

/** A clip on the track that is worked on; times in ticks from the sequence's first frame. */
export interface Clip {
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
}

/** The colours that the panel gives its markers; `other` is any that it leaves alone. */
export type Colour = "red" | "orange" | "magenta" | "yellow" | "other";

/** A marker of the sequence. */
export interface Marker {
  /** Premiere's own identifier of it. */
  readonly id: string;
  readonly name: string;
  readonly comments: string;
  readonly start: bigint;
  readonly colour: Colour;
}

/** What the panel knows of the active sequence. */
export interface Sequence {
  /** Premiere's own identifier of it. */
  readonly id: string;
  readonly name: string;
  readonly clock: Clock;
  /** The names of its video tracks, V1 first. */
  readonly tracks: readonly string[];
  /** The track whose clips these are, 1 for V1. */
  readonly track: number;
  /** How many clips the track has. */
  readonly clipCount: number;
  /** In timeline order; none where only the outline was read. */
  readonly clips: readonly Clip[];
  /** In timeline order. */
  readonly markers: readonly Marker[];
}

/**
 * The same for markers that say the same at the same time. How line ends and spaces within comments
 * come back is left to Premiere.
 */
export function alike(marker: Pick<Marker, "start" | "name" | "comments">): string {
  return `${marker.start} ${marker.name}\n${marker.comments.replace(/\s+/g, " ").trim()}`;
}

/** Whether two readings found the same. */
export function isSame(one: Sequence, other: Sequence): boolean {
  return fingerprint(one) === fingerprint(other);
}

function fingerprint(sequence: Sequence): string {
  return JSON.stringify(sequence, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}
