/** Small things that many tests need. */

import { Clock } from "../src/clock";
import { Problem } from "../src/problem";
import type { Clip, Marker, Sequence } from "../src/sequence";
import { FRAME } from "./fake/premiere";

/** A sequence of clips end to end, given as name and frames, and markers as name and frame. */
export function sequenceOf(
  clips: readonly (readonly [name: string, frames: number])[],
  markers: readonly (readonly [name: string, frame: number])[] = [],
): Sequence {
  return {
    id: "sequence-1",
    name: "Mega Asset",
    clock: new Clock(FRAME, 86_400n * FRAME),
    tracks: ["Video 1", "Video 2"],
    track: 1,
    clipCount: clips.length,
    clips: laid(clips),
    markers: markers.map(([name, frame], position) =>
      markerOf(name, frame, { id: `marker-${position + 1}` }),
    ),
  };
}

/** A marker on a frame. */
export function markerOf(name: string, frame: number, more: Partial<Marker> = {}): Marker {
  return { id: "marker-1", name, comments: "", start: at(frame), colour: "other", ...more };
}

/** The ticks of a frame. */
export function at(frame: number): bigint {
  return BigInt(frame) * FRAME;
}

/** For readings whose progress nobody watches. */
export const unwatched = (): void => undefined;

/** A pause that takes no time. */
export const noPause = (): Promise<void> => Promise.resolve();

/** The problem that something ends with. */
export async function problemOf(work: () => unknown): Promise<Problem> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("it went well");
}

function laid(clips: readonly (readonly [name: string, frames: number])[]): Clip[] {
  let end = 0n;
  return clips.map(([name, frames]) => {
    const start = end;
    end += at(frames);
    return { name, start, end };
  });
}
