// Build the page into a folder: `node build.mjs FOLDER`. The same sources give the same bytes.
//
// Scripts, styles and fonts carry a hash of their content in their names, so that browsers may keep
// them for ever. hls.js is a file of its own, fetched only where it is to play.

import { build } from "esbuild";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("say where to build to: node build.mjs FOLDER");

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const { metafile } = await build({
  entryPoints: ["src/main.ts", "src/style.css"],
  outdir: folder,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  alias: { "hls.js": "./node_modules/hls.js/dist/hls.min.mjs" },
  loader: { ".woff2": "file" },
  bundle: true,
  preserveSymlinks: true, // wherever the packages lie, hashes are the same
  splitting: true,
  format: "esm",
  minify: true,
  metafile: true,
  charset: "utf8",
  legalComments: "none", // what the licenses ask for is in licenses.txt
  target: ["chrome111", "firefox115", "safari16.4"],
  logLevel: "warning",
});

let page = await readFile("public/index.html", "utf8");
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint === "src/main.ts") page = page.replace("main.js", basename(path));
  if (entryPoint === "src/style.css") page = page.replace("style.css", basename(path));
}
await writeFile(join(folder, "index.html"), page);
await cp("public/icon.svg", join(folder, "icon.svg"));
await cp("src/tokens.css", join(folder, "tokens.css")); // the service's other pages have them too
const licenses = ["hls.js", "@fontsource-variable/inter"].map(async (name) => {
  return `${name}\n\n${await readFile(`node_modules/${name}/LICENSE`, "utf8")}`;
});
await writeFile(join(folder, "licenses.txt"), (await Promise.all(licenses)).join("\n\n"));
