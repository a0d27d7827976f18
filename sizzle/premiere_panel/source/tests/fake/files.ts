/** UXP's file pickers, with an editor who has already decided. */

import type { Entry, Folder, LocalFileSystem } from "../../src/uxp/files";

/** Files by path, each with the time of its last change, in milliseconds. */
export class FakeFiles extends Map<string, string> {
  readonly modified = new Map<string, number>();
  private now = 1_700_000_000_000;

  override set(path: string, text: string): this {
    this.now += 1000;
    this.modified.set(path, this.now);
    return super.set(path, text);
  }
}

/** A disk whose pickers answer what the test has set; null is a picker closed without choosing. */
export class FakeDisk implements LocalFileSystem {
  toOpen: { readonly name: string; readonly text: string } | null = null;
  savesTo: string | null = null;
  /** The names that pickers for saving suggested. */
  readonly suggested: string[] = [];

  constructor(private readonly files: FakeFiles) {}

  async getFileForOpening(): Promise<Entry | null> {
    return this.toOpen && this.entry(this.toOpen.name, this.toOpen.text);
  }

  async getFileForSaving(name: string): Promise<Entry | null> {
    this.suggested.push(name);
    return this.savesTo === null ? null : this.entry(this.savesTo);
  }

  /** The panel's own folder; a file that is created there exists once it is written. */
  async getTemporaryFolder(): Promise<Folder> {
    return {
      createFile: async (name, { overwrite }) => {
        const path = `/temporary/${name}`;
        if (this.files.has(path) && !overwrite) throw new Error("The file exists");
        return this.entry(path);
      },
    };
  }

  private entry(path: string, text?: string): Entry {
    const content = () => text ?? this.files.get(path);
    return {
      name: path.split("/").at(-1) ?? path,
      nativePath: path,
      read: async () => {
        const now = content();
        if (now === undefined) throw new Error("the file is not there");
        return now;
      },
      delete: async () => {
        if (!this.files.delete(path)) throw new Error("the file is not there");
        return 0;
      },
      getMetadata: async () => {
        const now = content();
        if (now === undefined) throw new Error("the file is not there");
        const dateModified = new Date(this.files.modified.get(path) ?? 0);
        return { size: now.length, dateModified };
      },
    };
  }
}
