/** Premiere as the panel's host. */

import type { premierepro } from "@adobe/premierepro";

import type { Change } from "../changes";
import type { Host } from "../host";
import { Problem } from "../problem";
import type { Sequence } from "../sequence";
import { openActive } from "./open";
import { read } from "./reading";
import { write } from "./writing";

/** The panel's view of Premiere, over the module `premierepro` that UXP gives a plug-in. */
export class PremiereHost implements Host {
  constructor(private readonly ppro: premierepro) {}

  async read(track: number): Promise<Sequence> {
    return (await read(await openActive(this.ppro, track))).sequence;
  }

  async write(sequence: Sequence, label: string, changes: readonly Change[]): Promise<void> {
    const opened = await openActive(this.ppro, sequence.track);
    write(opened, await read(opened), sequence, label, changes);
  }

  async exportXml({ id, track }: Sequence, path: string): Promise<void> {
    const { sequence } = await openActive(this.ppro, track);
    if (String(sequence.guid) !== id) {
      throw new Problem("Another sequence is active now; nothing was exported.", {
        where: sequence.name,
        fix: "press Export XML again.",
      });
    }
    // Premiere's report of what XML cannot say is suppressed: the findings say what matters here.
    const { ProjectConverter } = this.ppro;
    if (!(await ProjectConverter.exportAsFinalCutProXML(sequence, path, true))) {
      throw new Problem("Premiere did not export the sequence.", {
        where: path,
        fix: "choose a folder that can be written to, or use File > Export > Final Cut Pro XML.",
      });
    }
  }

  onActivated(listener: () => void): void {
    const { EventManager, Constants } = this.ppro;
    EventManager.addGlobalEventListener(Constants.SequenceEvent.ACTIVATED, listener);
    EventManager.addGlobalEventListener(Constants.ProjectEvent.ACTIVATED, listener);
  }
}
