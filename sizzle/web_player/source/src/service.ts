// The service that the page came from, asked over HTTP.

import { Problem } from "./problem";
import type { ByteRanges, Choices, Playback, Reel } from "./wire";

export interface Question {
  member: string;
  asset: string;
  cadence: string;
  /** How the reel will be played: what that needs comes with the answer. */
  plays: "ranges" | "hls";
}

export function choices(): Promise<Choices> {
  return json<Choices>("player/choices.json");
}

/** A member's reel, composed anew: the service remembers it, and then plays it. */
export async function compose(question: Question, signal: AbortSignal): Promise<Reel> {
  const answer = await json<Reel | { kind: "trailer"; reason: string }>("v1/reels", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      member_id: question.member,
      asset_id: question.asset,
      cadence: question.cadence,
      device: { dynamic_sizzles: true, plays: ["timecodes", question.plays] },
    }),
    signal,
  });
  if (answer.kind === "reel") return answer;
  throw new Problem(`There is a trailer only. ${answer.reason}`, "Choose another asset.");
}

/** What came with a reel that is played by ranges. */
export function byteRanges({ byte_ranges }: Reel): ByteRanges {
  if (byte_ranges === undefined) throw notStreamed();
  return byte_ranges;
}

/** Where a reel plays in one of its forms. */
export function addressOf(reel: Reel, form: keyof Playback): string {
  if (reel.playback === undefined) throw notStreamed();
  return absolute(reel.playback[form].replace(/^\//, ""));
}

function notStreamed(): Problem {
  return new Problem(
    "The service does not stream this reel.",
    "Package its asset with `sizzle package`, and serve it with `sizzle serve --packages`.",
  );
}

/** Beside the page, so that the service may lie under any path. */
function absolute(path: string): string {
  return new URL(path, document.baseURI).href;
}

async function json<T>(path: string, options: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(absolute(path), options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(
      "The service cannot be reached.",
      "See that `sizzle serve` runs and that you are connected, then try again.",
    );
  }
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as T;
}

/** The problem document of an answer, or what else can be said of it. */
async function refusal(answer: Response): Promise<Problem> {
  const document: unknown = await answer.json().catch(() => null);
  const { detail, fix } = (document ?? {}) as { detail?: unknown; fix?: unknown };
  return new Problem(
    typeof detail === "string" ? detail : `The service answered ${answer.status}.`,
    typeof fix === "string" && fix ? sentence(fix) : "Try again; the service's log says more.",
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
