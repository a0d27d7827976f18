// Which fragments of a reel are in a source buffer, and which one is needed next. No browser here.

/** What is in each slot: the index of a rendition, or undefined. */
export class Slots {
  readonly #held: (number | undefined)[];

  constructor(
    readonly count: number,
    /** Seconds that each lasts. */
    readonly length: number,
  ) {
    this.#held = new Array<number | undefined>(count).fill(undefined);
  }

  at(seconds: number): number {
    // A tolerance: by rounding, the clock may be just before a slot's start.
    return Math.min(this.count - 1, Math.max(0, Math.floor(seconds / this.length + 1e-3)));
  }

  held(slot: number): number | undefined {
    return this.#held[slot];
  }

  hold(slot: number, rendition: number | undefined): void {
    this.#held[slot] = rendition;
  }

  /** Forget all before a slot. */
  dropBefore(slot: number): void {
    this.#held.fill(undefined, 0, slot);
  }

  get full(): boolean {
    return !this.#held.includes(undefined);
  }

  /**
   * The slot to fetch next, if any within so many seconds of now.
   *
   * Missing slots come first. Then, where one rendition is forced, slots in another rendition are
   * replaced; not the one that plays and the next, as those may already be decoded.
   */
  next(now: number, ahead: number, forced: number | undefined): number | undefined {
    const first = this.at(now);
    const last = this.at(now + ahead);
    for (let slot = first; slot <= last; slot++) {
      const held = this.#held[slot];
      if (held === undefined) return slot;
      if (forced !== undefined && held !== forced && slot > first + 1) return slot;
    }
    return undefined;
  }
}

/** The largest rendition that the connection allows and the picture on the page can show.
 *
 * `renditions` are in descending order of size.
 */
export function bestRendition(
  renditions: readonly { bandwidth: number; height: number }[],
  bits: number,
  pixels: number,
): number {
  const carried = renditions.findIndex((rendition) => rendition.bandwidth < bits * SHARE);
  const affordable = carried < 0 ? renditions.length - 1 : carried;
  const shown = lastIndexThatCovers(renditions, pixels);
  return Math.max(affordable, shown);
}

const SHARE = 0.7; // of the connection that the picture may take

/** The smallest rendition that is at least as high as the picture on the page, else the largest. */
function lastIndexThatCovers(renditions: readonly { height: number }[], pixels: number): number {
  let index = 0;
  renditions.forEach((rendition, place) => {
    if (rendition.height >= pixels) index = place;
  });
  return index;
}
