// A fragment at its slot in a reel: twelve bytes of its header, which the service writes for
// ordinary players.

import type { ByteRange } from "../wire";

const SEQUENCE_PLACE = 20;

type Bytes = Uint8Array<ArrayBuffer>;

/** Write a fragment's slot and time into its header. */
export function moveTo(slot: number, ticks: number, place: number, header: Bytes): void {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  view.setUint32(SEQUENCE_PLACE, slot + 1);
  view.setBigUint64(place, BigInt(slot) * BigInt(ticks));
}

/** The pieces of a fragment, retimed; the first piece has all of its header. */
export async function* moved(
  slot: number,
  ticks: number,
  [, , size, place]: ByteRange,
  pieces: AsyncIterable<Bytes>,
): AsyncGenerator<Bytes> {
  let front: Bytes | undefined = new Uint8Array(0);
  for await (const piece of pieces) {
    if (!front) {
      yield piece;
      continue;
    }
    front = joined(front, piece);
    if (front.byteLength < size) continue;
    moveTo(slot, ticks, place, front);
    yield front;
    front = undefined;
  }
}

function joined(one: Bytes, other: Bytes): Bytes {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}
