/** Where the panel starts: inside Premiere, in UXP. */

import type { premierepro } from "@adobe/premierepro";

import { Panel } from "./panel";
import { PremiereHost } from "./premiere/host";
import { followTheme } from "./theme";
import { type LocalFileSystem, UxpFiles } from "./uxp/files";
import { DocumentView } from "./view";

declare function require(module: "premierepro"): premierepro;
declare function require(module: "uxp"): { storage: { localFileSystem: LocalFileSystem } };

const view = new DocumentView(document);
const files = new UxpFiles(require("uxp").storage.localFileSystem);
const panel = new Panel(new PremiereHost(require("premierepro")), files, view);

followTheme(document);
view.connect(panel);
void panel.refresh();
