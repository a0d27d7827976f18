/** File pickers of UXP, the platform that runs the panel inside Premiere. */

import type { ChosenFile, Destination, Draft, Files, FileState } from "../host";

/** The part of a UXP file entry that the panel uses. */
export interface Entry {
  readonly name: string;
  readonly nativePath: string;
  read(): Promise<string | ArrayBuffer>;
  getMetadata(): Promise<{ readonly size: number; readonly dateModified: Date }>;
  delete(): Promise<unknown>;
}

/** The part of a UXP folder that the panel uses. */
export interface Folder {
  createFile(name: string, options: { overwrite: boolean }): Promise<Entry>;
}

/** The part of `require("uxp").storage.localFileSystem` that the panel uses. */
export interface LocalFileSystem {
  getFileForOpening(options: { types: string[] }): Promise<Entry | null | undefined>;
  getFileForSaving(name: string, options: { types: string[] }): Promise<Entry | null | undefined>;
  getTemporaryFolder(): Promise<Folder>;
}

/** The disk: what the editor shows to the panel in a picker, and the panel's own folder. */
export class UxpFiles implements Files {
  constructor(private readonly disk: LocalFileSystem) {}

  chooseFindings(): Promise<ChosenFile | null> {
    return this.choose("json");
  }

  chooseSheet(): Promise<ChosenFile | null> {
    return this.choose("csv");
  }

  chooseLayout(): Promise<ChosenFile | null> {
    return this.choose("toml");
  }

  async draft(name: string): Promise<Draft> {
    const folder = await this.disk.getTemporaryFolder();
    const entry = await folder.createFile(name, { overwrite: true });
    return {
      path: entry.nativePath,
      state: () => stateOf(entry),
      read: async () => String(await entry.read()),
      remove: () => removed(entry),
    };
  }

  private async choose(type: string): Promise<ChosenFile | null> {
    const entry = await this.disk.getFileForOpening({ types: [type] });
    return entry ? { name: entry.name, text: String(await entry.read()) } : null;
  }

  async chooseDestination(suggestedName: string): Promise<Destination | null> {
    const entry = await this.disk.getFileForSaving(suggestedName, { types: ["xml"] });
    if (!entry) return null;
    return { path: entry.nativePath, state: () => stateOf(entry) };
  }
}

async function stateOf(entry: Entry): Promise<FileState | null> {
  try {
    const { size, dateModified } = await entry.getMetadata();
    return { size, modified: dateModified.getTime() };
  } catch {
    return null;
  }
}

/** What cannot be removed is overwritten the next time, and the system empties the folder. */
async function removed(entry: Entry): Promise<void> {
  try {
    await entry.delete();
  } catch {
    // It is gone, or Premiere still holds it.
  }
}
