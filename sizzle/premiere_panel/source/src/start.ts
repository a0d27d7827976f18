/** Put the panel together: where a part fails, the page says so instead of having dead buttons. */

import type { premierepro } from "@adobe/premierepro";

import type { KeptTexts } from "./host";
import { Panel } from "./panel";
import { PremiereHost } from "./premiere/host";
import { asProblem } from "./problem";
import { followTheme } from "./theme";
import { type LocalFileSystem, UxpFiles } from "./uxp/files";
import { DocumentView } from "./view";

/** The modules that UXP gives a plug-in, each loaded when it is asked for. */
export interface Modules {
  readonly premierepro: () => premierepro;
  readonly storage: () => KeptTexts;
  readonly uxp: () => { readonly storage: { readonly localFileSystem: LocalFileSystem } };
}

/** Start the panel on its page. */
export async function start(document: Document, modules: Modules): Promise<void> {
  const view = new DocumentView(document, orNull(modules.storage));
  followTheme(document);
  try {
    const files = new UxpFiles(modules.uxp().storage.localFileSystem);
    const panel = new Panel(new PremiereHost(modules.premierepro()), files, view);
    view.connect(panel);
    await panel.start();
  } catch (error) {
    view.showUnusable(asProblem(error));
  }
}

/** What the panel can do without. */
function orNull<Value>(load: () => Value): Value | null {
  try {
    return load();
  } catch {
    return null;
  }
}
