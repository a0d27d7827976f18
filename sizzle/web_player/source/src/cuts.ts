// Which cut plays, and where the others are.

import type { Cut } from "./wire";

/** The index of the cut that has a frame of the reel; past the end, that of the last cut. */
export function cutAt(cuts: readonly Cut[], frame: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startOf(cuts, middle) <= frame) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function startOf(cuts: readonly Cut[], index: number): number {
  return cuts[index]?.record.start.frame ?? 0;
}

/** Where to go back to: the start of this cut, or of the one before if we are at its start. */
export function previousJoin(cuts: readonly Cut[], frame: number): number {
  const index = cutAt(cuts, frame);
  const start = startOf(cuts, index);
  // A moment into a cut that plays, "back" still means the one before.
  return frame - start > BACK ? start : startOf(cuts, Math.max(0, index - 1));
}

const BACK = 6; // frames

export function nextJoin(cuts: readonly Cut[], frame: number): number | undefined {
  const index = cutAt(cuts, frame) + 1;
  return index < cuts.length ? startOf(cuts, index) : undefined;
}

/** The next cut of a rank, from the beginning again after the last one. */
export function nextOfRank(cuts: readonly Cut[], rank: number, frame: number): number | undefined {
  const starts = cuts.filter((cut) => cut.rank === rank).map((cut) => cut.record.start.frame);
  return starts.find((start) => start > frame) ?? starts[0];
}

/** The titles that a reel shows, best rank first. */
export function ranksOf(cuts: readonly Cut[]): { rank: number; title: string; frames: number }[] {
  const ranks = new Map<number, { rank: number; title: string; frames: number }>();
  for (const { rank, title, record } of cuts) {
    const seen = ranks.get(rank) ?? { rank, title, frames: 0 };
    seen.frames += record.stop.frame - record.start.frame;
    ranks.set(rank, seen);
  }
  return [...ranks.values()].sort((one, other) => one.rank - other.rank);
}

/** A rank as cadences write it: A for the first. */
export function letterOf(rank: number): string {
  return String.fromCharCode(64 + rank);
}
