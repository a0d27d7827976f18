/** From Premiere's objects to plain values. */

import type { Marker as HostMarker, premierepro, VideoClipTrackItem } from "@adobe/premierepro";

import { compare } from "../changes";
import { Clock } from "../clock";
import type { Detail, Progress } from "../host";
import type { Clip, Marker, Sequence } from "../sequence";
import { colourOf } from "./colours";
import type { Opened } from "./open";

// A burst of tens of thousands of calls is reported to crash Premiere, and all of them queue up in
// it anyway. Each clip takes up to three.
const CLIPS_AT_ONCE = 10;

// Codes of 29.97 and 59.94 fps drop-frame timecode; the API's constants name only the first.
const DROP_FRAME_DISPLAYS = [102, 106];

/** A sequence as it was read, and Premiere's object for each of its clips, in the same order. */
export interface Reading {
  readonly sequence: Sequence;
  readonly items: readonly VideoClipTrackItem[];
}

/** How to go on while reading many clips. */
export interface Pace {
  readonly progress: Progress;
  /** Waits between batches, so that Premiere can do other work and Stop can be pressed. */
  readonly pause: () => Promise<void>;
}

/** Read a sequence, with its clips or without. */
export async function read(opened: Opened, detail: Detail, pace: Pace): Promise<Reading> {
  const outline = await readOutline(opened);
  const found = await inBatches(detail === "clips" ? clipItems(opened) : [], readClip, pace);
  return readingOf(outline, found);
}

/** Read a sequence in as much detail as before, but not where its clips end. */
export async function readAgain(opened: Opened, before: Sequence, pace: Pace): Promise<Reading> {
  const outline = await readOutline(opened);
  const items = before.clips.length ? clipItems(opened) : [];
  const found = (await inBatches(items, readStart, pace)).sort(byStart);
  return readingOf(
    outline,
    found.map(([clip, item], position) => [
      { ...clip, end: before.clips[position]?.end ?? clip.start },
      item,
    ]),
  );
}

/** Where the track's selected clips start. */
export async function readSelection(opened: Opened, pace: Pace): Promise<ReadonlySet<bigint>> {
  const found = await inBatches(
    clipItems(opened),
    (item) => Promise.all([item.getIsSelected(), item.getStartTime()]),
    pace,
  );
  return new Set(found.flatMap(([selected, start]) => (selected ? [BigInt(start.ticks)] : [])));
}

/** Premiere's own names for the active sequence: copies of a project have equal ones. */
export function identityOf({ project, sequence }: Opened): string {
  return `${project.guid} ${sequence.guid}`;
}

/** Premiere's objects for the track's clips. It waits for nothing, so it works under a lock. */
export function clipItems({ ppro, tracks, track }: Opened): readonly VideoClipTrackItem[] {
  return tracks[track - 1]?.getTrackItems(ppro.Constants.TrackItemType.CLIP, false) ?? [];
}

/** The sequence's markers, in timeline order. It waits for nothing, so it works under a lock. */
export function readMarkers(opened: Opened): Marker[] {
  return [...liveMarkers(opened)].map(([id, marker]) => readMarker(opened.ppro, id, marker));
}

/**
 * Premiere's objects for the markers, in timeline order, by an id that no other has.
 *
 * Copied markers can have the guid of their originals, so those are numbered.
 */
export function liveMarkers({ markers }: Opened): Map<string, HostMarker> {
  const timed = markers.getMarkers().map((each) => [BigInt(each.getStart().ticks), each] as const);
  const counts = new Map<string, number>();
  return new Map(
    timed
      .sort(([one], [other]) => compare(one, other))
      .map(([, marker]) => {
        const guid = String(marker.guid);
        const count = (counts.get(guid) ?? 0) + 1;
        counts.set(guid, count);
        return [count === 1 ? guid : `${guid} #${count}`, marker];
      }),
  );
}

async function readOutline(opened: Opened): Promise<Sequence> {
  return {
    id: identityOf(opened),
    name: opened.sequence.name,
    clock: await readClock(opened),
    tracks: opened.tracks.map((track) => track.name),
    track: opened.track,
    clipCount: clipItems(opened).length,
    clips: [],
    markers: readMarkers(opened),
  };
}

function readMarker(ppro: premierepro, id: string, marker: HostMarker): Marker {
  return {
    id,
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

function readingOf(outline: Sequence, found: readonly ReadClip[]): Reading {
  const inOrder = [...found].sort(byStart);
  return {
    sequence: { ...outline, clips: inOrder.map(([clip]) => clip) },
    items: inOrder.map(([, item]) => item),
  };
}

function byStart(
  [one]: readonly [{ readonly start: bigint }, unknown],
  [other]: readonly [{ readonly start: bigint }, unknown],
): number {
  return compare(one.start, other.start);
}

async function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { progress, pause }: Pace,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += CLIPS_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + CLIPS_AT_ONCE).map(work))));
    progress(results.length, items.length);
    await pause();
  }
  return results;
}

async function readStart(
  item: VideoClipTrackItem,
): Promise<readonly [Omit<Clip, "end">, VideoClipTrackItem]> {
  const [name, start] = await Promise.all([item.getName(), item.getStartTime()]);
  return [{ name, start: BigInt(start.ticks) }, item];
}

async function readClip(item: VideoClipTrackItem): Promise<ReadClip> {
  const [[clip], end] = await Promise.all([readStart(item), item.getEndTime()]);
  return [{ ...clip, end: BigInt(end.ticks) }, item];
}
