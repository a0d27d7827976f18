/** A sequence with its video tracks and their clips. */

import type {
  Constants,
  Guid,
  Sequence,
  TickTime,
  TimeDisplay,
  VideoClipTrackItem,
  VideoTrack,
} from "@adobe/premierepro";

import { FakeMarkers } from "./markers";
import {
  Declined,
  type FakeAction,
  type Ledger,
  type LockedTrack,
  type Methods,
  type Undoable,
} from "./rules";
import { ticksOf, timeOf } from "./time";

type UsedOfItem = "getIsSelected" | "getName" | "getStartTime" | "getEndTime" | "createSetNameAction";

/** A clip on a track. */
export class FakeItem implements Pick<Methods<VideoClipTrackItem>, UsedOfItem>, Undoable {
  constructor(
    private readonly ledger: Ledger,
    private readonly track: FakeTrack,
    public name: string,
    public start: bigint,
    public end: bigint,
  ) {
    ledger.watch(this);
  }

  selected = false;

  getIsSelected(): Promise<boolean> {
    return this.ledger.meter.answer(() => this.selected);
  }

  getName(): Promise<string> {
    return this.ledger.meter.answer(() => this.name);
  }

  getStartTime(): Promise<TickTime> {
    return this.ledger.meter.answer(() => timeOf(this.start));
  }

  getEndTime(): Promise<TickTime> {
    return this.ledger.meter.answer(() => timeOf(this.end));
  }

  createSetNameAction(name: string): FakeAction {
    if (typeof name !== "string" || !name) throw new Error("Illegal Parameter type");
    return this.ledger.action(() => {
      if (this.track.edit()) this.name = name;
    });
  }

  save(): () => void {
    const { name } = this;
    return () => (this.name = name);
  }
}

/** A video track; Premiere lets nobody ask whether it is locked. */
export class FakeTrack implements Pick<Methods<VideoTrack>, "name" | "getTrackItems"> {
  /** Null where the track is not locked. */
  locked: LockedTrack | null = null;
  readonly items: FakeItem[] = [];

  constructor(readonly name: string) {}

  getTrackItems(type: Constants.TrackItemType, includeEmpty: boolean): VideoClipTrackItem[] {
    if (typeof includeEmpty !== "boolean") throw new Error("Illegal Parameter type");
    return (type === 1 ? this.items : []) as unknown as VideoClipTrackItem[];
  }

  /** Whether an edit of one of its clips is to happen. */
  edit(): boolean {
    if (this.locked === "answers false") throw new Declined();
    if (this.locked === "throws") throw new Error("The track is locked");
    return !this.locked;
  }
}

type UsedOfSequence =
  | "guid"
  | "name"
  | "getTimebase"
  | "getZeroPoint"
  | "getSequenceVideoTimeDisplayFormat"
  | "getVideoTrackCount"
  | "getVideoTrack"
  | "setPlayerPosition";

/** How a fake sequence counts. */
export interface Counting {
  readonly ticksPerFrame: bigint;
  readonly zero: bigint;
  readonly display: number;
}

/** A sequence of a fake project. */
export class FakeSequence implements Pick<Methods<Sequence>, UsedOfSequence> {
  readonly markers: FakeMarkers;
  readonly tracks: FakeTrack[] = [];
  playhead = 0n;

  constructor(
    private readonly ledger: Ledger,
    readonly id: string,
    public name: string,
    readonly counting: Counting,
  ) {
    this.markers = new FakeMarkers(ledger);
    this.addTrack();
  }

  /** Lay clips end to end on V1, or on another track. */
  lay(clips: readonly (readonly [name: string, frames: number])[], track = 1): void {
    const { items } = this.track(track);
    for (const [name, frames] of clips) {
      const start = items.at(-1)?.end ?? 0n;
      const end = start + BigInt(frames) * this.counting.ticksPerFrame;
      items.push(new FakeItem(this.ledger, this.track(track), name, start, end));
    }
  }

  addTrack(): FakeTrack {
    const track = new FakeTrack(`Video ${this.tracks.length + 1}`);
    this.tracks.push(track);
    return track;
  }

  track(number: number): FakeTrack {
    const track = this.tracks[number - 1];
    if (!track) throw new Error("Invalid parameter");
    return track;
  }

  get guid(): Guid {
    return { toString: () => this.id } as Guid;
  }

  setPlayerPosition(time?: TickTime): Promise<boolean> {
    const at = ticksOf(time);
    if (at < 0n) throw new Error("Invalid parameter");
    return this.ledger.meter.answer(() => {
      this.playhead = at;
      return true;
    });
  }

  getTimebase(): Promise<string> {
    return this.ledger.meter.answer(() => String(this.counting.ticksPerFrame));
  }

  getZeroPoint(): Promise<TickTime> {
    return this.ledger.meter.answer(() => timeOf(this.counting.zero));
  }

  getSequenceVideoTimeDisplayFormat(): Promise<TimeDisplay> {
    return this.ledger.meter.answer(() => ({ type: this.counting.display }));
  }

  getVideoTrackCount(): Promise<number> {
    return this.ledger.meter.answer(() => this.tracks.length);
  }

  getVideoTrack(index: number): Promise<VideoTrack> {
    return this.ledger.meter.answer(() => this.track(index + 1) as unknown as VideoTrack);
  }
}
