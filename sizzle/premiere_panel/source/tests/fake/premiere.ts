/** The module `premierepro` with one project, which throws where Premiere does. */

import type {
  EventManagerStatic,
  Guid,
  Markers,
  MarkersStatic,
  premierepro,
  Project,
  ProjectConverterStatic,
  Sequence,
} from "@adobe/premierepro";

import { FakeFiles } from "./files";
import { Ledger, type Methods } from "./rules";
import { type Counting, FakeSequence } from "./sequence";
import { FakeTime } from "./time";

/** The length of a frame at 24000/1001 frames a second. */
export const FRAME = 10_594_584_000n;

const NETFLIX: Counting = { ticksPerFrame: FRAME, zero: 86_400n * FRAME, display: 110 };

type UsedOfProject = "guid" | "name" | "getActiveSequence" | "lockedAccess" | "executeTransaction";

/** Premiere with a project open; a test sets what it needs otherwise. */
export class FakePremiere {
  readonly ledger = new Ledger();
  /** What was exported, by path. */
  readonly disk = new FakeFiles();
  projectOpen = true;
  active: FakeSequence | null;
  /** What Premiere answers an export with; null has it write, and answer true. */
  exportAnswer: boolean | null = null;
  /** Whether Premiere answers "nothing is open" with an error instead of with nothing. */
  rejects = false;
  /** Whether registering a listener throws. */
  refusesListeners = false;
  /** Called just before the project is locked: an editor who is quicker than the panel. */
  beforeLock: () => void = () => undefined;
  private readonly listeners: (() => void)[] = [];

  constructor() {
    this.active = this.newSequence("Mega Asset");
  }

  newSequence(name: string, counting: Partial<Counting> = {}): FakeSequence {
    return new FakeSequence(this.ledger, `sequence-${name}`, name, { ...NETFLIX, ...counting });
  }

  /** The active sequence of a test that has one. */
  get sequence(): FakeSequence {
    if (!this.active) throw new Error("the test closed the sequence");
    return this.active;
  }

  /** The editor opens another sequence, or closes the last. */
  activate(sequence: FakeSequence | null): void {
    this.active = sequence;
    this.listeners.forEach((listener) => listener());
  }

  /** The module, for the code under test. */
  get module(): premierepro {
    const { project, markers, converter, events } = this;
    return {
      Project: { getActiveProject: () => this.orNothing(this.projectOpen ? project : null) },
      Markers: markers,
      Marker: { MARKER_TYPE_COMMENT: "Comment" },
      ProjectConverter: converter,
      EventManager: events,
      TickTime: FakeTime,
      Constants: {
        TrackItemType: { EMPTY: 0, CLIP: 1, TRANSITION: 2, PREVIEW: 3, FEEDBACK: 4 },
        MarkerColor: { GREEN: 0, RED: 1, MAGNETA: 2, ORANGE: 3, YELLOW: 4, BLUE: 6, CYAN: 7 },
        SequenceEvent: { ACTIVATED: "onSequenceActivated" },
        ProjectEvent: { ACTIVATED: "onProjectActivated" },
      },
    } as unknown as premierepro;
  }

  private get project(): Pick<Methods<Project>, UsedOfProject> {
    return {
      guid: { toString: () => "project-1" } as Guid,
      name: "Sizzles.prproj",
      getActiveSequence: () => this.orNothing(this.active) as unknown as Promise<Sequence>,
      lockedAccess: (callback) => {
        this.beforeLock();
        this.ledger.lockedAccess(callback);
      },
      executeTransaction: (callback, label) =>
        this.ledger.executeTransaction(
          callback as Parameters<Ledger["executeTransaction"]>[0],
          label,
        ),
    };
  }

  private get markers(): Methods<MarkersStatic> {
    return {
      getMarkers: async (owner) => {
        // A clip on a track has no markers of its own, nor has a bin.
        if (!(owner instanceof FakeSequence)) throw new Error("Illegal Parameter type");
        return owner.markers as unknown as Markers;
      },
    };
  }

  private get converter(): Pick<Methods<ProjectConverterStatic>, "exportAsFinalCutProXML"> {
    return {
      exportAsFinalCutProXML: async (sequence, path) => {
        if (!((sequence as unknown) instanceof FakeSequence))
          throw new Error("Illegal Parameter type");
        if (this.exportAnswer !== null) return this.exportAnswer;
        this.disk.set(path, `<xmeml version="4"><!-- ${sequence.name} --></xmeml>`);
        return true;
      },
    };
  }

  private get events(): Pick<Methods<EventManagerStatic>, "addGlobalEventListener"> {
    return {
      addGlobalEventListener: (_, listener, inCapturePhase = false) => {
        if (this.refusesListeners) throw new Error("Invalid parameter");
        // A listener of the other phase is never called.
        if (inCapturePhase) this.listeners.push(listener);
      },
    };
  }

  private async orNothing<T>(value: T | null): Promise<T | null> {
    if (value === null && this.rejects) throw new Error("Invalid parameter");
    return value;
  }
}
