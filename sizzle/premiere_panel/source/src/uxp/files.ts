/** File pickers of UXP, the platform that runs the panel inside Premiere. */

import type { ChosenFile, Destination, Files, FileState } from "../host";

/** The part of a UXP file entry that the panel uses. */
export interface Entry {
  readonly name: string;
  readonly nativePath: string;
  read(): Promise<string | ArrayBuffer>;
  getMetadata(): Promise<{ readonly size: number; readonly dateModified: Date }>;
}

/** The part of `require("uxp").storage.localFileSystem` that the panel uses. */
export interface LocalFileSystem {
  getFileForOpening(options: { types: string[] }): Promise<Entry | null | undefined>;
  getFileForSaving(name: string, options: { types: string[] }): Promise<Entry | null | undefined>;
}

/** The disk, as far as the editor shows it to the panel in a picker. */
export class UxpFiles implements Files {
  constructor(private readonly disk: LocalFileSystem) {}

  chooseFindings(): Promise<ChosenFile | null> {
    return this.choose("json");
  }

  chooseSheet(): Promise<ChosenFile | null> {
    return this.choose("csv");
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
