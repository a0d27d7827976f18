// What plays a reel in a video element. Both engines give the same frames; they differ in who
// moves the fragments to their places: the service, or the page itself.

import type { Problem } from "../problem";
import type { Reel } from "../wire";

/** A size that the reel can be played in. */
export interface Size {
  name: string;
  height: number;
  bandwidth: number;
}

export interface Engine {
  /** Largest first. */
  readonly sizes: readonly Size[];
  /** The name of the size on screen now, or "" before there is a picture. */
  readonly showing: string;
  /** Play one size from the next fragment on, or the best that the connection carries. */
  choose(size: string | "auto"): void;
  destroy(): void;
}

export interface EngineSetting {
  video: HTMLVideoElement;
  /** On its way: an engine gets ready meanwhile. */
  reel: Promise<Reel>;
  /** Told once, of what cannot be recovered from. */
  onProblem: (problem: Problem) => void;
  /** Aborted where the reel is no longer wanted. */
  signal: AbortSignal;
}

export type EngineName = "hls" | "mse";

export const ENGINES: Record<EngineName, string> = {
  mse: "Byte ranges (MSE)",
  hls: "HLS (hls.js)",
};

/** What each of them needs to be told of a reel. */
export const FORMS = { mse: "ranges", hls: "hls" } as const;

/** An engine with the reel in it; its code is fetched when it is first asked for. */
export async function open(name: EngineName, setting: EngineSetting): Promise<Engine> {
  if (name === "hls") return (await import("./hls")).open(setting);
  return (await import("./mse")).open(setting);
}
