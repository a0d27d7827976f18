/** Premiere as the panel's host. */

import type { premierepro, Sequence as HostSequence } from "@adobe/premierepro";

import type { Change } from "../changes";
import type { Detail, Host, Progress } from "../host";
import { Problem } from "../problem";
import type { Sequence } from "../sequence";
import { openActive } from "./open";
import { identityOf, type Pace, read, readAgain, readSelection } from "./reading";
import { write } from "./writing";

/** The panel's view of Premiere, over the module `premierepro` that UXP gives a plug-in. */
export class PremiereHost implements Host {
  /** @param pause - waits between batches of calls. */
  constructor(
    private readonly ppro: premierepro,
    private readonly pause: Pace["pause"] = nextTask,
  ) {}

  async read(track: number, detail: Detail, progress: Progress): Promise<Sequence> {
    const opened = await openActive(this.ppro, track);
    return (await read(opened, detail, { progress, pause: this.pause })).sequence;
  }

  async readAgain(before: Sequence, progress: Progress): Promise<Sequence> {
    const opened = await openActive(this.ppro, before.track);
    return (await readAgain(opened, before, { progress, pause: this.pause })).sequence;
  }

  async write(
    sequence: Sequence,
    label: string,
    changes: readonly Change[],
    progress: Progress,
  ): Promise<void> {
    const opened = await openActive(this.ppro, sequence.track);
    const now = await readAgain(opened, sequence, { progress, pause: this.pause });
    write(opened, now, sequence, label, changes);
  }

  async selectedStarts(track: number, progress: Progress): Promise<ReadonlySet<bigint>> {
    const opened = await openActive(this.ppro, track);
    return readSelection(opened, { progress, pause: this.pause });
  }

  async movePlayhead(sequence: Sequence, time: bigint): Promise<void> {
    const active = await this.stillActive(sequence, "press the button again for a new list.");
    if (!(await active.setPlayerPosition(this.ppro.TickTime.createWithTicks(String(time))))) {
      throw new Problem("Premiere did not move the playhead.", {
        where: sequence.clock.timecode(time),
        fix: "click into the timeline, and try again.",
      });
    }
  }

  async exportXml(expected: Sequence, path: string): Promise<void> {
    const sequence = await this.stillActive(expected, "press Export XML again.");
    // Premiere's report of what XML cannot say is suppressed: the findings say what matters here.
    const { ProjectConverter } = this.ppro;
    if (!(await ProjectConverter.exportAsFinalCutProXML(sequence, path, true))) {
      throw new Problem("Premiere did not export the sequence.", {
        where: path,
        fix: "choose a folder that can be written to, or use File > Export > Final Cut Pro XML.",
      });
    }
  }

  /** The active sequence. @throws {Problem} it is not the expected one. */
  private async stillActive({ id, name, track }: Sequence, fix: string): Promise<HostSequence> {
    const opened = await openActive(this.ppro, track);
    if (identityOf(opened) !== id || opened.sequence.name !== name) {
      throw new Problem("Another sequence is active now.", { where: opened.sequence.name, fix });
    }
    return opened.sequence;
  }

  onActivated(listener: () => void): void {
    const { EventManager, Constants } = this.ppro;
    // In the capture phase: otherwise a global listener does not hear these.
    EventManager.addGlobalEventListener(Constants.SequenceEvent.ACTIVATED, listener, true);
    EventManager.addGlobalEventListener(Constants.ProjectEvent.ACTIVATED, listener, true);
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
