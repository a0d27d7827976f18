// Requests to the service that the page came from.

import { playedCodecs } from "./engines/codecs";
import { Problem } from "./problem";
import type { ByteRanges, Choices, Playback, Reel } from "./wire";

export interface ReelRequest {
  member: string;
  asset: string;
  cadence: string;
  /** How the reel will be played: the response has what that needs. */
  plays: "ranges" | "hls";
}

export function choices(): Promise<Choices> {
  return json<Choices>("player/choices.json");
}

/** A member's reel, and where it can be streamed from. */
export async function compose(request: ReelRequest, signal: AbortSignal): Promise<Reel> {
  const response = await json<Reel | { kind: "trailer"; reason: string }>("v1/reels", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      member_id: request.member,
      asset_id: request.asset,
      cadence: request.cadence,
      device: {
        dynamic_sizzles: true,
        plays: ["timecodes", request.plays],
        codecs: playedCodecs(request.plays),
      },
      explain: true,
    }),
    signal,
  });
  if (response.kind === "reel") return response;
  throw new Problem(`Only the trailer is available. ${response.reason}`, "Choose another asset.");
}

/** Where events are recorded. */
export function eventsUrl(): string {
  return absolute("v1/events");
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

/** Relative to the page, so that the service may be under any path. */
function absolute(path: string): string {
  return new URL(path, document.baseURI).href;
}

async function json<T>(path: string, options: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(absolute(path), options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(
      "The service cannot be reached.",
      "Check that `sizzle serve` is running and that you are connected, then try again.",
    );
  }
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

/** The problem document of a response, or else its status. */
async function refusal(response: Response): Promise<Problem> {
  const document: unknown = await response.json().catch(() => null);
  const { detail, fix } = (document ?? {}) as { detail?: unknown; fix?: unknown };
  return new Problem(
    typeof detail === "string" ? detail : `The service responded with ${response.status}.`,
    typeof fix === "string" && fix ? sentence(fix) : "Try again; the service's log has details.",
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
