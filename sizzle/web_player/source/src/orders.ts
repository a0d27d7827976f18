// How a member's next reel orders titles, beside the reel before.

import { ranksOf } from "./cuts";
import type { Reel } from "./wire";

export interface Place {
  title: string;
  /** From 1. */
  rank: number;
  /** Ranks that it rose; negative where it fell; undefined where the other reel has it not. */
  moved: number | undefined;
}

export interface Orders {
  before: Place[];
  after: Place[];
}

export function compare(before: Reel, after: Reel): Orders {
  const places = [before, after].map((reel) => titlesOf(reel));
  const [former = new Map<string, Place>(), next = new Map<string, Place>()] = places;
  for (const [id, place] of next) {
    const other = former.get(id);
    if (!other) continue;
    place.moved = other.rank - place.rank;
    other.moved = place.moved;
  }
  return { before: [...former.values()], after: [...next.values()] };
}

export function isSame({ after }: Orders): boolean {
  return after.every(({ moved }) => moved === 0);
}

/** One sentence. */
export function summary(orders: Orders): string {
  if (isSame(orders)) return "The order stays as it is.";
  const changed = orders.after.filter(({ moved }) => moved !== 0).length;
  return `${changed} of ${orders.after.length} ranks change.`;
}

/** What became of a title, in words. */
export function change({ moved }: Place): string {
  if (moved === undefined) return "new in the reel";
  if (moved === 0) return "same rank";
  return `${moved > 0 ? "up" : "down"} ${Math.abs(moved)}`;
}

function titlesOf(reel: Reel): Map<string, Place> {
  const ids = new Map(reel.cuts.map((cut) => [cut.rank, cut.title_id]));
  const ranks = ranksOf(reel.cuts);
  return new Map(
    ranks.map(({ rank, title }) => [ids.get(rank) ?? "", { title, rank, moved: undefined }]),
  );
}
