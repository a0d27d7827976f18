/** The narrow door to Premiere and to the disk; what stands behind it can be a fake. */

import type { Change } from "./changes";
import type { Report } from "./findings";
import type { Sequence } from "./sequence";

/** How much to read. Each clip takes calls into Premiere; an outline takes few, however long. */
export type Detail = "outline" | "clips";

/** Hears how many clips are read, of how many. What it throws ends the reading. */
export type Progress = (done: number, total: number) => void;

/** What the panel asks of Premiere. */
export interface Host {
  /**
   * Read the active sequence.
   *
   * @param track - whose clips, 1 for V1.
   * @throws {Problem} no project, no sequence, or no such track.
   */
  read(track: number, detail: Detail, progress: Progress): Promise<Sequence>;

  /**
   * Read what changes may have altered, in as much detail as before: names and starts of clips. The
   * ends are those of before.
   *
   * @throws {Problem} no project, no sequence, or no such track.
   */
  readAgain(before: Sequence, progress: Progress): Promise<Sequence>;

  /**
   * Write changes as one step of Edit > Undo.
   *
   * @param sequence - as it was read; if it is no longer so, nothing is written.
   * @param label - what the undo menu calls the step.
   * @throws {Problem} the sequence has changed, or Premiere refuses.
   */
  write(
    sequence: Sequence,
    label: string,
    changes: readonly Change[],
    progress: Progress,
  ): Promise<void>;

  /**
   * Where the track's selected clips start.
   *
   * @throws {Problem} no project, no sequence, or no such track.
   */
  selectedStarts(track: number, progress: Progress): Promise<ReadonlySet<bigint>>;

  /** Move the playhead. @throws {Problem} another sequence is active. */
  movePlayhead(sequence: Sequence, time: bigint): Promise<void>;

  /** Export the sequence as Final Cut Pro 7 XML. @throws {Problem} Premiere refuses. */
  exportXml(sequence: Sequence, path: string): Promise<void>;

  /** Call back whenever the editor opens or chooses another sequence or project. */
  onActivated(listener: () => void): void;
}

/** Keeps texts until Premiere is started again, as `localStorage` does. */
export type KeptTexts = Pick<Storage, "getItem" | "setItem">;

/** A text file that the editor chose. */
export interface ChosenFile {
  readonly name: string;
  readonly text: string;
}

/** What is known of a file: its bytes, and when it was last changed, in milliseconds. */
export interface FileState {
  readonly size: number;
  readonly modified: number;
}

/** A place that the editor chose to save to. */
export interface Destination {
  readonly path: string;
  /** The file that is there now, null where there is none or the panel may not look. */
  state(): Promise<FileState | null>;
}

/** A file of the panel's own, that only Premiere and the panel use. */
export interface Draft extends Destination {
  read(): Promise<string>;
  remove(): Promise<void>;
}

/** What the panel asks of the disk; null where the editor closes the picker without choosing. */
export interface Files {
  /** A file to export to that the editor need not see. */
  draft(name: string): Promise<Draft>;
  chooseLayout(): Promise<ChosenFile | null>;
  chooseFindings(): Promise<ChosenFile | null>;
  chooseSheet(): Promise<ChosenFile | null>;
  chooseDestination(suggestedName: string): Promise<Destination | null>;
}

/** Where the service is, and the key that it asks for; an empty one where it needs none. */
export interface ServiceAccess {
  readonly address: string;
  readonly key: string;
}

/** A timeline to check, and the layout that it must keep to; null for the default one. */
export interface Upload {
  readonly fileName: string;
  readonly xml: string;
  readonly assetId: string;
  readonly layout: ChosenFile | null;
}

/** Hears what is being waited for. What it throws ends the wait. */
export type Waiting = (what: string) => void;

/** What the panel asks of the service. */
export interface Service {
  /** Have a timeline checked. @throws {Problem} it cannot be; the key is in none of its words. */
  check(access: ServiceAccess, upload: Upload, waiting: Waiting): Promise<Report>;
}

/** Keeps a secret until it is replaced; the platform encrypts it. */
export interface KeptSecret {
  read(): Promise<string>;
  keep(secret: string): Promise<void>;
}
