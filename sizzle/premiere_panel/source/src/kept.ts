/** Settings that last until Premiere is started again: all but the track, the key apart. */

import type { ChosenFile, KeptSecret, KeptTexts } from "./host";
import type { Settings } from "./settings";

const KEPT = "dynamic-sizzles.settings";

/** What was set before, as far as it can be read. */
export type KeptSettings = Partial<
  Pick<Settings, "titlesBy" | "pattern" | "renameClips" | "service" | "layout">
>;

/** Keeps settings. Those that cannot be kept are set again; the panel works all the same. */
export class SettingsStore {
  /**
   * @param texts - for all but the key.
   * @param secret - for the key of the service.
   */
  constructor(
    private readonly texts: KeptTexts | null,
    private readonly secret: KeptSecret | null,
  ) {}

  keep({ titlesBy, pattern, renameClips, service, layout }: Settings): void {
    try {
      const kept: KeptSettings = { titlesBy, pattern, renameClips, service, layout };
      this.texts?.setItem(KEPT, JSON.stringify(kept));
    } catch {
      // The disk is full, or there is none.
    }
  }

  keepKey(key: string): void {
    void this.secret?.keep(key.trim());
  }

  async key(): Promise<string> {
    return (await this.secret?.read()) ?? "";
  }

  /** What is kept, without what is not as the panel writes it. */
  settings(): KeptSettings {
    const { titlesBy, pattern, renameClips, service, layout } = this.read();
    return {
      ...(typeof titlesBy === "string" ? { titlesBy: titlesBy as Settings["titlesBy"] } : {}),
      ...(typeof pattern === "string" ? { pattern } : {}),
      ...(typeof renameClips === "boolean" ? { renameClips } : {}),
      ...(typeof service === "string" ? { service } : {}),
      ...(isFile(layout) ? { layout } : {}),
    };
  }

  private read(): Record<string, unknown> {
    try {
      return (JSON.parse(this.texts?.getItem(KEPT) ?? "{}") ?? {}) as Record<string, unknown>;
    } catch {
      return {};
    }
  }
}

function isFile(value: unknown): value is ChosenFile {
  const { name, text } = (value ?? {}) as Partial<Record<"name" | "text", unknown>>;
  return typeof name === "string" && typeof text === "string";
}
