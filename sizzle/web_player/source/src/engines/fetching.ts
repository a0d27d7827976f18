// Bytes of packaged files, asked for again where the network fails, and how fast they come.

import { Problem } from "../problem";

const TRIES = 4;
const PAUSE = 400; // ms before the second try; then twice as long each time

export async function bytes(
  address: string,
  first: number,
  end: number,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  for (let tried = 1; ; tried++) {
    try {
      // What came wrong may lie in a cache, and would come wrong from there again.
      return await once(address, first, end, tried === 1 ? "default" : "reload", signal);
    } catch (error) {
      if (signal.aborted || error instanceof Problem || tried === TRIES) throw error;
      await pause(PAUSE * 2 ** (tried - 1), signal);
    }
  }
}

async function once(
  address: string,
  first: number,
  end: number,
  cache: RequestCache,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const headers = { Range: `bytes=${first}-${end - 1}` };
  const answer = await fetch(address, { headers, cache, signal });
  if (answer.status === 206) return whole(await answer.arrayBuffer(), end - first);
  if (answer.status >= 500) throw new Error(`The service answered ${answer.status}.`);
  throw new Problem(
    `The service answered ${answer.status} to a range of the packaged media.`,
    "Try again: the reel is then composed anew.",
  );
}

function whole(data: ArrayBuffer, size: number): ArrayBuffer {
  if (data.byteLength === size) return data;
  throw new Error(`${data.byteLength} bytes came of ${size}.`);
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

/** How fast bytes come, in bits a second: an average in which the latest count most. */
export class Throughput {
  #bits = 0;
  #weight = 0;

  add(size: number, milliseconds: number): void {
    const weight = 0.5;
    const bits = (size * 8000) / Math.max(1, milliseconds);
    this.#bits = this.#bits * (1 - weight) + bits * weight;
    this.#weight = this.#weight * (1 - weight) + weight;
  }

  /** Bits a second, or `fallback` before anything came. */
  estimate(fallback: number): number {
    return this.#weight ? this.#bits / this.#weight : fallback;
  }
}
