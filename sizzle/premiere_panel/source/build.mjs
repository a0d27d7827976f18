// Build the panel into a folder: `node build.mjs FOLDER [ENTRY]`. The same sources give the same
// bytes. Another entry than the panel's is for looking at it without Premiere.

import { build } from "esbuild";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";

const [folder, entry = "src/main.ts"] = process.argv.slice(2);
if (!folder) throw new Error("say where to build to: node build.mjs FOLDER [ENTRY]");

await mkdir(folder, { recursive: true });
await cp("public", folder, { recursive: true });
await build({
  entryPoints: [entry],
  outfile: join(folder, "index.js"),
  bundle: true,
  charset: "utf8",
  external: ["premierepro", "uxp"], // UXP gives these to a plug-in by `require`
  // A page's scripts share their names, hence the function around it. esbuild's own way (`iife`)
  // would hide UXP's `require` behind a stand-in.
  format: "cjs",
  banner: { js: "(() => {" },
  footer: { js: "})();" },
  legalComments: "none",
  platform: "neutral",
  target: "es2021",
  logLevel: "warning",
});
