// Byte ranges of packaged files: streamed, resumed where the network fails, and their rate measured.

import { Problem } from "../problem";

const TRIES = 4; // in a row without a byte
const PAUSE = 400; // ms before the second try; then twice as long each time

/** The bytes of a range, piece by piece. An interrupted range is resumed where it broke off. */
export async function* stream(
  address: string,
  first: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let at = first;
  let failures = 0;
  while (at < end) {
    try {
      // A wrong response may be in a cache, which would give it again.
      const cache = failures ? "reload" : "default";
      const reader = await open(address, at, end, cache, signal);
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        at += read.value.byteLength;
        failures = 0;
        yield read.value;
      }
      if (at < end) throw new Error(`${end - at} bytes of ${end - first} did not come.`);
    } catch (error) {
      if (signal.aborted || error instanceof Problem || ++failures === TRIES) throw error;
      await pause(PAUSE * 2 ** (failures - 1), signal);
    }
  }
}

async function open(
  address: string,
  first: number,
  end: number,
  cache: RequestCache,
  signal: AbortSignal,
): Promise<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>> {
  const headers = { Range: `bytes=${first}-${end - 1}` };
  const answer = await fetch(address, { headers, cache, signal });
  if (answer.status === 206 && answer.body) return answer.body.getReader();
  if (answer.status >= 500) throw new Error(`The service responded with ${answer.status}.`);
  throw new Problem(
    `The service responded with ${answer.status} to a range of the packaged media.`,
    "Try again: the reel is then composed anew.",
  );
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** The rate in bits per second: an average in which the latest samples count most. */
export class Throughput {
  #bits = 0;
  #weight = 0;

  add(size: number, milliseconds: number): void {
    const weight = 0.5;
    const bits = (size * 8000) / Math.max(1, milliseconds);
    this.#bits = this.#bits * (1 - weight) + bits * weight;
    this.#weight = this.#weight * (1 - weight) + weight;
  }

  /** Bits per second, or `fallback` before anything arrived. */
  estimate(fallback: number): number {
    return this.#weight ? this.#bits / this.#weight : fallback;
  }
}
