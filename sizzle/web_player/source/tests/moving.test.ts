// Fragments are moved as the service moves them, however their bytes come.

import { expect, test } from "vitest";

import { moved } from "../src/engines/moving";

const HEADER = 64;
const PLACE = 40;

async function* inPieces(data: Uint8Array<ArrayBuffer>, size: number) {
  for (let at = 0; at < data.length; at += size) yield data.slice(at, at + size);
}

test.each([1, 7, 63, 64, 65, 500])("a fragment in pieces of %i bytes", async (size) => {
  const data = new Uint8Array(300).map((_, at) => at % 251);
  const wanted = data.slice();
  new DataView(wanted.buffer).setUint32(20, 8);
  new DataView(wanted.buffer).setBigUint64(PLACE, 7n * 40_040n);
  const pieces: number[][] = [];
  for await (const piece of moved(7, 40_040, [0, 300, HEADER, PLACE], inPieces(data, size))) {
    pieces.push([...piece]);
  }
  expect(pieces.flat()).toEqual([...wanted]);
  expect(pieces[0]?.length).toBeGreaterThanOrEqual(HEADER);
});
