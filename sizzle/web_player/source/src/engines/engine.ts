// Plays a reel in a video element. Both engines show the same frames; they differ in who writes the
// fragments' times in the reel: the service, or the page itself.

import type { Problem } from "../problem";
import type { Reel } from "../wire";

/** A rendition of the reel. */
export interface Size {
  name: string;
  height: number;
  bandwidth: number;
}

export interface Engine {
  /** Largest first. */
  readonly sizes: readonly Size[];
  /** The name of the rendition on screen, or "" before there is a picture. */
  readonly showing: string;
  /** Play one rendition from the next fragment on, or the best that the connection allows. */
  choose(size: string | "auto"): void;
  destroy(): void;
}

export interface EngineSetting {
  video: HTMLVideoElement;
  /** A promise: the engine is set up meanwhile. */
  reel: Promise<Reel>;
  /** Called once, with an error that cannot be recovered from. */
  onProblem: (problem: Problem) => void;
  /** Aborted when the reel is no longer needed. */
  signal: AbortSignal;
}

export type EngineName = "hls" | "mse";

export const ENGINES: Record<EngineName, string> = {
  mse: "Byte ranges (MSE)",
  hls: "HLS (hls.js)",
};

/** What the service must be asked for, per engine. */
export const FORMS = { mse: "ranges", hls: "hls" } as const;

/** An engine with the reel loaded; its code is fetched on first use. */
export async function open(name: EngineName, setting: EngineSetting): Promise<Engine> {
  if (name === "hls") return (await import("./hls")).open(setting);
  return (await import("./mse")).open(setting);
}
