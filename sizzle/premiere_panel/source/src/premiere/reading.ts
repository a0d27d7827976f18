/** From Premiere's objects to plain values. */

import type { Marker as HostMarker, premierepro, VideoClipTrackItem } from "@adobe/premierepro";

import { compare } from "../changes";
import { Clock } from "../clock";
import type { Clip, Marker, Sequence } from "../sequence";
import { colourOf } from "./colours";
import type { Opened } from "./open";

// Each clip takes three calls into Premiere; more at once would only queue up there.
const CLIPS_AT_ONCE = 100;

// Codes of 29.97 and 59.94 fps drop-frame timecode; the API's constants name only the first.
const DROP_FRAME_DISPLAYS = [102, 106];

/** A sequence as it was read, and Premiere's object for each of its clips, in the same order. */
export interface Reading {
  readonly sequence: Sequence;
  readonly items: readonly VideoClipTrackItem[];
}

/** Read all that the panel needs to know of a sequence. */
export async function read(opened: Opened): Promise<Reading> {
  const clips = await readClips(opened);
  const sequence = {
    id: String(opened.sequence.guid),
    name: opened.sequence.name,
    clock: await readClock(opened),
    tracks: opened.tracks.map((track) => track.name),
    track: opened.track,
    clips: clips.map(([clip]) => clip),
    markers: readMarkers(opened),
  };
  return { sequence, items: clips.map(([, item]) => item) };
}

/** The sequence's markers, in timeline order. It waits for nothing, so it works under a lock. */
export function readMarkers({ ppro, markers }: Opened): Marker[] {
  return markers
    .getMarkers()
    .map((marker) => readMarker(ppro, marker))
    .sort((one, other) => compare(one.start, other.start));
}

function readMarker(ppro: premierepro, marker: HostMarker): Marker {
  return {
    id: String(marker.guid),
    name: marker.getName(),
    comments: marker.getComments(),
    start: BigInt(marker.getStart().ticks),
    colour: colourOf(ppro, marker.getColorIndex()),
  };
}

async function readClock({ sequence }: Opened): Promise<Clock> {
  const [timebase, zero, display] = await Promise.all([
    sequence.getTimebase(),
    sequence.getZeroPoint(),
    sequence.getSequenceVideoTimeDisplayFormat(),
  ]);
  return new Clock(
    BigInt(timebase), // a text: the ticks of one frame
    BigInt(zero.ticks),
    DROP_FRAME_DISPLAYS.includes(display.type),
  );
}

type ReadClip = readonly [Clip, VideoClipTrackItem];

async function readClips({ ppro, tracks, track }: Opened): Promise<ReadClip[]> {
  const items = tracks[track - 1]?.getTrackItems(ppro.Constants.TrackItemType.CLIP, false) ?? [];
  const clips: ReadClip[] = [];
  for (let from = 0; from < items.length; from += CLIPS_AT_ONCE) {
    const some = items.slice(from, from + CLIPS_AT_ONCE);
    clips.push(...(await Promise.all(some.map(readClip))));
  }
  return clips.sort(([one], [other]) => compare(one.start, other.start));
}

async function readClip(item: VideoClipTrackItem): Promise<ReadClip> {
  const [name, start, end] = await Promise.all([
    item.getName(),
    item.getStartTime(),
    item.getEndTime(),
  ]);
  return [{ name, start: BigInt(start.ticks), end: BigInt(end.ticks) }, item];
}
