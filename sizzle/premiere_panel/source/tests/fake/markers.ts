/** Sequence markers: a list in timeline order, changed by actions only. */

import type { Guid, Marker, Markers, TickTime } from "@adobe/premierepro";

import type { FakeAction, Ledger, Methods, Undoable } from "./rules";
import { ticksOf, timeOf } from "./time";

/** What is stored of a marker. */
export interface MarkerData {
  /** Ours; Premiere's guids may be equal. */
  readonly key: number;
  guid: string;
  name: string;
  type: string;
  comments: string;
  start: bigint;
  duration: bigint;
  colour: number;
}

type UsedOfMarker =
  | "guid"
  | "getName"
  | "getComments"
  | "getStart"
  | "getColorIndex"
  | "createSetNameAction"
  | "createSetColorByIndexAction";

/** A handle on a marker; Premiere gives another one each time it is asked. */
export class FakeMarker implements Pick<Methods<Marker>, UsedOfMarker> {
  constructor(
    private readonly owner: FakeMarkers,
    readonly data: MarkerData,
  ) {}

  get guid(): Guid {
    return { toString: () => this.data.guid } as Guid;
  }

  getName(): string {
    return this.owner.demand(this.data).name;
  }

  getComments(): string {
    return this.owner.demand(this.data).comments;
  }

  getStart(): TickTime {
    return timeOf(this.owner.demand(this.data).start);
  }

  getColorIndex(): number {
    return this.owner.demand(this.data).colour;
  }

  createSetNameAction(name: string): FakeAction {
    if (typeof name !== "string") throw new Error("Illegal Parameter type");
    return this.owner.change(this.data, (data) => (data.name = name));
  }

  createSetColorByIndexAction(colour: number): FakeAction {
    if (!Number.isInteger(colour)) throw new Error("Illegal Parameter type");
    return this.owner.change(this.data, (data) => (data.colour = colour));
  }
}

type UsedOfMarkers =
  "getMarkers" | "createAddMarkerAction" | "createMoveMarkerAction" | "createRemoveMarkerAction";

/** The markers of one sequence. */
export class FakeMarkers implements Pick<Methods<Markers>, UsedOfMarkers>, Undoable {
  private stored = new Map<number, MarkerData>();
  private made = 0;

  constructor(private readonly ledger: Ledger) {
    ledger.watch(this);
  }

  /** As the editor would with the M key. */
  put(name: string, start: bigint, more: Partial<MarkerData> = {}): void {
    this.made += 1;
    const [key, guid, type] = [this.made, `marker-${this.made}`, "Comment"];
    const plain = { key, guid, name, type, comments: "", start, duration: 0n, colour: 0 };
    this.stored.set(key, { ...plain, ...more });
  }

  /** What is stored, in the order it was made. */
  get list(): MarkerData[] {
    return [...this.stored.values()];
  }

  getMarkers(): Marker[] {
    const inOrder = this.list.sort((one, other) => Number(one.start - other.start));
    return inOrder.map((data) => new FakeMarker(this, data) as unknown as Marker);
  }

  createAddMarkerAction(
    name: string,
    type = "Comment",
    start?: TickTime,
    duration?: TickTime,
    comments = "",
  ): FakeAction {
    if (![name, type, comments].every((each) => typeof each === "string")) {
      throw new Error("Illegal Parameter type");
    }
    const [at, length] = [ticksOf(start), ticksOf(duration)];
    if (at < 0n) throw new Error("Invalid parameter");
    // The colour is no argument, and there is no marker to colour before the transaction is over.
    return this.ledger.action(() => this.put(name, at, { type, duration: length, comments }));
  }

  createMoveMarkerAction(marker: Marker, time: TickTime): FakeAction {
    const start = ticksOf(time);
    return this.change(handle(marker), (data) => (data.start = start));
  }

  createRemoveMarkerAction(marker: Marker): FakeAction {
    const { key } = handle(marker);
    return this.ledger.action(() => {
      this.demand({ key });
      this.stored.delete(key);
    });
  }

  /** The stored marker, if it still exists. */
  demand({ key }: { key: number }): MarkerData {
    const data = this.stored.get(key);
    if (!data) throw new Error("Connection to object lost");
    return data;
  }

  change(marker: { key: number }, change: (data: MarkerData) => void): FakeAction {
    return this.ledger.action(() => change(this.demand(marker)));
  }

  save(): () => void {
    const saved = this.list.map((each) => [each.key, { ...each }] as const);
    return () => (this.stored = new Map(saved));
  }
}

function handle(marker: unknown): { key: number } {
  if (!(marker instanceof FakeMarker)) throw new Error("Illegal Parameter type");
  return marker.data;
}
