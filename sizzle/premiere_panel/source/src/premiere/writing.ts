/** From changes to one undoable transaction. */

import type { Action } from "@adobe/premierepro";

import type { Change } from "../changes";
import { Problem } from "../problem";
import { isSame, type Sequence } from "../sequence";
import { actionsFor } from "./actions";
import type { Opened } from "./open";
import { clipItems, type Reading, readMarkers } from "./reading";

/**
 * Write changes as one step of Edit > Undo.
 *
 * @param reading - the sequence as it is now.
 * @param expected - the sequence that the changes were made for.
 * @throws {Problem} the sequence is no longer so, or Premiere refuses.
 */
export function write(
  opened: Opened,
  reading: Reading,
  expected: Sequence,
  label: string,
  changes: readonly Change[],
): void {
  locked(opened, label, () => {
    // Under the lock nothing moves any more, so what can be read without waiting is read again:
    // the markers, and how many clips there are. Where the clips are needs a wait.
    const now = {
      ...reading.sequence,
      clipCount: clipItems(opened).length,
      markers: readMarkers(opened),
    };
    if (!isSame(now, expected)) throw changedMeanwhile(expected);
    const items = new Map(expected.clips.map((clip, position) => [clip, reading.items[position]]));
    execute(opened, label, actionsFor(opened, items, changes));
  });
}

/**
 * Do something while the project is locked: actions can be made at no other time.
 *
 * An error from inside would pass through Premiere's own code, so it is carried around it.
 */
function locked(opened: Opened, label: string, work: () => void): void {
  const outcome: { ran: boolean; error?: unknown } = { ran: false };
  opened.project.lockedAccess(() => {
    outcome.ran = true;
    try {
      work();
    } catch (error) {
      outcome.error = error;
    }
  });
  if (outcome.error instanceof Problem) throw outcome.error;
  if (outcome.error) throw refused(opened, label, (outcome.error as Error).message);
  if (!outcome.ran) throw refused(opened, label, "it did not lock the project");
}

function execute(opened: Opened, label: string, actions: readonly Action[]): void {
  const done = opened.project.executeTransaction((compound) => {
    for (const action of actions) {
      // The types promise a boolean, but Premiere may answer nothing at all.
      if (compound.addAction(action) === false) throw new Error("it did not take all actions");
    }
  }, label);
  if (!done) throw refused(opened, label, "it did not say why");
}

function changedMeanwhile({ name }: Sequence): Problem {
  return new Problem("The sequence has changed since the list was made; nothing was written.", {
    where: name,
    fix: "press the button again and look at the new list.",
  });
}

function refused({ sequence, track }: Opened, label: string, why: string): Problem {
  return new Problem(`Premiere refused “${label}”: ${why}.`, {
    where: sequence.name,
    fix: `unlock V${track} and close open dialogs, then try again.`,
  });
}
