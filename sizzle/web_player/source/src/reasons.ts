// The service's explanation of an order, in words.

import type { Explanation, Intent, Reel, TitleReason } from "./wire";

const KINDS: Readonly<Record<string, string>> = {
  engagement: "New or familiar",
  genres: "Genre",
  kind: "Kind",
  language: "Language",
  recency: "Age of the title",
};

const PARTS: Readonly<Record<string, string>> = {
  taste: "taste",
  genres: "genre",
  kind: "kind",
  language: "language",
};

const LIKELIEST = 3;

export interface Reason {
  rank: number;
  title: string;
  /** Whether the reel shows the title. */
  shown: boolean;
  /** From 0 to 1, the best title's. */
  share: number;
  chance: string;
  moved: string;
  without: string;
}

/** What the order was made for. */
export function madeFor({ context, randomised }: Explanation): string {
  const { at, device_type, locale, country, surface } = context;
  const known = [device_type, locale, country, surface].filter(Boolean);
  const facts = [at === null ? "Ranked for no particular time" : `Ranked for ${timeOf(at)}`];
  facts.push(known.length ? `on ${known.join(", ")}` : "whatever the device and place");
  return `${facts.join(", ")}.${randomised ? " This order was drawn at random, for an experiment." : ""}`;
}

/** The kind of an intent, and its share of the order. */
export function kindOf({ intent, weight }: Intent): string {
  return `${KINDS[intent] ?? intent}, ${percent(weight)} of the order`;
}

/** What is likeliest, such as "Drama 62 %, War 8 %". */
export function likely({ classes }: Intent): string {
  return classes.slice(0, LIKELIEST).map(({ name, chance }) => `${name} ${percent(chance)}`).join(", ");
}

export function reasons(reel: Reel, { titles }: Explanation): Reason[] {
  const shown = new Set(reel.cuts.map(({ title_id }) => title_id));
  const best = titles[0]?.score || 1;
  return titles.map((title) => ({
    rank: title.rank,
    title: title.title,
    shown: shown.has(title.title_id),
    share: title.score / best,
    chance: percent(title.score),
    moved: moved(title),
    without: without(title),
  }));
}

/** By which factor each part of the score changes the title's odds, such as "taste ×2.1". */
function moved({ moved_by }: TitleReason): string {
  const parts = Object.entries(moved_by).map(([part, by]) => `${PARTS[part] ?? part} ×${factor(by)}`);
  return parts.join(", ");
}

function factor(by: number): string {
  const odds = Math.exp(by);
  return odds < 10 ? odds.toFixed(odds < 0.1 ? 2 : 1) : odds.toFixed(0);
}

/** How the rank differs from that which the title would have at any time, on any device. */
function without({ rank, rank_without_context }: TitleReason): string {
  if (rank_without_context === null || rank_without_context === rank) return "same";
  const by = rank_without_context - rank;
  return `${Math.abs(by)} ${by > 0 ? "lower" : "higher"}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`;
}

function timeOf(at: string): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
