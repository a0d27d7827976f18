/** Put the panel together: where a part fails, the page says so instead of having dead buttons. */

import type { premierepro } from "@adobe/premierepro";

import type { KeptTexts } from "./host";
import { SettingsStore } from "./kept";
import { Panel } from "./panel";
import { PremiereHost } from "./premiere/host";
import { asProblem } from "./problem";
import { type Fetch, HttpService } from "./service";
import { followTheme } from "./theme";
import { type LocalFileSystem, UxpFiles } from "./uxp/files";
import { type SecureStorage, UxpSecret } from "./uxp/secrets";
import { DocumentView } from "./view";

/** What UXP gives a plug-in, each part loaded when it is asked for. */
export interface Modules {
  readonly premierepro: () => premierepro;
  readonly storage: () => KeptTexts;
  readonly uxp: () => {
    readonly storage: {
      readonly localFileSystem: LocalFileSystem;
      readonly secureStorage?: SecureStorage;
    };
  };
  readonly fetch: Fetch;
}

/** Start the panel on its page. */
export async function start(document: Document, modules: Modules): Promise<void> {
  const secrets = orNull(() => modules.uxp().storage.secureStorage ?? null);
  const kept = new SettingsStore(orNull(modules.storage), new UxpSecret(secrets));
  const view = new DocumentView(document, kept);
  followTheme(document);
  try {
    const files = new UxpFiles(modules.uxp().storage.localFileSystem);
    const service = new HttpService(modules.fetch, sleep);
    const panel = new Panel(new PremiereHost(modules.premierepro()), files, service, view);
    view.connect(panel);
    await panel.start();
  } catch (error) {
    view.showUnusable(asProblem(error));
  }
}

function sleep(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

/** What the panel can do without. */
function orNull<Value>(load: () => Value): Value | null {
  try {
    return load();
  } catch {
    return null;
  }
}
