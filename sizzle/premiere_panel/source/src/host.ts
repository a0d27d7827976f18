/** The narrow door to Premiere and to the disk; what stands behind it can be a fake. */

import type { Change } from "./changes";
import type { Sequence } from "./sequence";

/** What the panel asks of Premiere. */
export interface Host {
  /**
   * Read the active sequence.
   *
   * @param track - whose clips, 1 for V1.
   * @throws {Problem} no project, no sequence, or no such track.
   */
  read(track: number): Promise<Sequence>;

  /**
   * Write changes as one step of Edit > Undo.
   *
   * @param sequence - as it was read; if it is no longer so, nothing is written.
   * @param label - what the undo menu calls the step.
   * @throws {Problem} the sequence has changed, or Premiere refuses.
   */
  write(sequence: Sequence, label: string, changes: readonly Change[]): Promise<void>;

  /** Export the sequence as Final Cut Pro 7 XML. @throws {Problem} Premiere refuses. */
  exportXml(sequence: Sequence, path: string): Promise<void>;

  /** Call back whenever the editor opens or chooses another sequence or project. */
  onActivated(listener: () => void): void;
}

/** A text file that the editor chose. */
export interface ChosenFile {
  readonly name: string;
  readonly text: string;
}

/** A place that the editor chose to save to. */
export interface Destination {
  readonly path: string;
  /** Bytes that are there now, null where the panel may not look. */
  size(): Promise<number | null>;
}

/** What the panel asks of the disk; null where the editor closes the picker without choosing. */
export interface Files {
  chooseFindings(): Promise<ChosenFile | null>;
  chooseDestination(suggestedName: string): Promise<Destination | null>;
}
