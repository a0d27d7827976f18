/** The panel's way to a real service, for a test that has one: `node index.js ADDRESS XML LAYOUT`. */

import { type Fetch, HttpService } from "../src/service";

declare const process: { readonly argv: readonly string[] };

/** As UXP does, which says of itself that it is a file. */
const uxpFetch: Fetch = (address, request) =>
  fetch(address, { ...request, headers: { ...request.headers, Origin: "file://" } });

async function main(): Promise<void> {
  const [address = "", key = "", xml = "", layout = ""] = process.argv.slice(2);
  const service = new HttpService(uxpFetch, (time) => new Promise((go) => setTimeout(go, time / 20)));
  const upload = {
    fileName: "Mega Asset.xml",
    xml,
    assetId: "mega",
    layout: { name: "short.toml", text: layout },
  };
  try {
    console.log(JSON.stringify(await service.check({ address, key }, upload, () => undefined)));
  } catch (error) {
    const { message, fix } = error as { readonly message: string; readonly fix: string };
    console.log(JSON.stringify({ message, fix }));
  }
}

void main();
