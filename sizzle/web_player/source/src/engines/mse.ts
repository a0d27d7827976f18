// Plays byte ranges of the packaged files with Media Source Extensions: each fragment's time in the
// reel is written into its header here, twelve bytes of it.

import { Problem, problemOf } from "../problem";
import { addressOf, byteRanges } from "../service";
import type { ByteRange, ByteRanges, Rendition, Track } from "../wire";
import { inOneCodec } from "./codecs";
import type { Engine, EngineSetting, Size } from "./engine";
import { stream, Throughput } from "./fetching";
import { moved } from "./moving";
import { bestRendition, Slots } from "./slots";

const AHEAD = 20; // seconds that are fetched before they are needed
const BEHIND = 10; // seconds that stay when the browser has no room left
const FIRST_GUESS = 3e6; // bits a second, before anything was fetched

export async function open(setting: EngineSetting): Promise<Engine> {
  if (!("MediaSource" in window)) {
    throw new Problem(
      "This browser has no Media Source Extensions.",
      "Open the HLS address below in a player that takes it, such as Safari's own.",
    );
  }
  const opened = attach(setting.video);
  const reel = await setting.reel;
  const offered = byteRanges(reel);
  const rate = reel.rate.numerator / reel.rate.denominator;
  const document = { ...offered, renditions: await inOneCodec(offered.renditions, rate) };
  refuseUnknownCodecs(document);
  return new RangePlayer(await opened, document, addressOf(reel, "ranges"), setting);
}

function attach(video: HTMLVideoElement): Promise<MediaSource> {
  const source = new MediaSource();
  const address = URL.createObjectURL(source);
  video.src = address;
  return new Promise((resolve) => {
    const opened = (): void => {
      URL.revokeObjectURL(address);
      resolve(source);
    };
    source.addEventListener("sourceopen", opened, { once: true });
  });
}

function refuseUnknownCodecs({ renditions, bed }: ByteRanges): void {
  const unknown = [...renditions, bed].find((track) => !MediaSource.isTypeSupported(track.type));
  if (unknown) {
    throw new Problem(
      `This browser does not decode ${unknown.type}.`,
      "Use one with H.264 and AAC, such as Chrome, Edge, Firefox or Safari.",
    );
  }
}

class RangePlayer implements Engine {
  readonly #stop = new AbortController();
  readonly #throughput = new Throughput();
  readonly #pictures: Feed;
  readonly #bed: Feed;
  #forced: number | undefined;

  constructor(
    readonly source: MediaSource,
    readonly document: ByteRanges,
    base: string,
    readonly setting: EngineSetting,
  ) {
    source.duration = document.seconds;
    const { signal } = this.#stop;
    setting.signal.addEventListener("abort", () => this.destroy());
    const { renditions, bed } = document;
    this.#pictures = new Feed(source, renditions, base, signal);
    this.#bed = new Feed(source, [bed], base, signal);
    for (const event of ["timeupdate", "seeking", "play"]) {
      setting.video.addEventListener(event, this.#pump, { signal });
    }
    this.#pump();
  }

  get sizes(): Size[] {
    return this.document.renditions;
  }

  get showing(): string {
    const { video } = this.setting;
    const slots = this.#pictures.slots;
    const held = slots.held(slots.at(video.currentTime));
    return held === undefined ? "" : this.#rendition(held).name;
  }

  choose(size: string): void {
    const index = this.document.renditions.findIndex((rendition) => rendition.name === size);
    this.#forced = index < 0 ? undefined : index;
    this.#pump();
  }

  destroy(): void {
    this.#stop.abort();
  }

  /** Fetch what is missing. Called often; does nothing where enough is being fetched. */
  readonly #pump = (): void => {
    void this.#feed(this.#pictures, this.#forced, () => this.#forced ?? this.#best());
    void this.#feed(this.#bed, undefined, () => 0);
  };

  async #feed(feed: Feed, forced: number | undefined, choose: () => number): Promise<void> {
    const now = this.setting.video.currentTime;
    const slot = feed.busy ? undefined : feed.slots.next(now, AHEAD, forced);
    if (slot === undefined) return;
    try {
      const began = performance.now();
      const size = await feed.bring(slot, choose(), now - BEHIND);
      if (feed === this.#pictures) this.#throughput.add(size, performance.now() - began);
      this.#endIfWhole();
      this.#pump();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.destroy();
      this.setting.onProblem(lost(error));
    }
  }

  #best(): number {
    const pixels = this.setting.video.clientHeight * devicePixelRatio;
    const bits = this.#throughput.estimate(FIRST_GUESS);
    return bestRendition(this.document.renditions, bits, pixels);
  }

  #rendition(index: number): Rendition {
    return this.document.renditions[index] as Rendition;
  }

  /** Tell the browser that the stream ends, or it would wait for more at the end. */
  #endIfWhole(): void {
    const idle = !this.#pictures.busy && !this.#bed.busy;
    const whole = this.#pictures.reachesEnd && this.#bed.reachesEnd;
    if (idle && whole && this.source.readyState === "open") this.source.endOfStream();
  }
}

/** One source buffer and what it has: a bed, or the renditions of the picture. */
class Feed {
  busy = false;
  readonly slots: Slots;
  readonly #buffer: SourceBuffer;
  #current: number | undefined;

  constructor(
    source: MediaSource,
    readonly tracks: readonly Track[],
    readonly base: string,
    readonly signal: AbortSignal,
  ) {
    const [first] = tracks as [Track];
    this.slots = new Slots(first.ranges.length, first.ticks / first.timescale);
    this.#buffer = source.addSourceBuffer(first.type);
    // The music's last fragment reaches past the picture's end; the excess is not heard.
    this.#buffer.appendWindowEnd = source.duration;
  }

  get reachesEnd(): boolean {
    return this.slots.held(this.slots.count - 1) !== undefined;
  }

  /**
   * Fetch a slot in a rendition, and append it as it arrives: its first frame can be shown before
   * its last one is fetched. Returns its bytes. Where there is no room, what is before `behind` goes.
   */
  async bring(slot: number, index: number, behind: number): Promise<number> {
    this.busy = true;
    try {
      const track = this.tracks[index] as Track;
      const address = new URL(track.address, this.base).href;
      const range = track.ranges[slot] as ByteRange;
      const pieces = stream(address, range[0], range[1], this.signal);
      const first = pieces.next(); // requested while the init segment is appended
      first.catch(() => undefined); // handled below, unless the init segment fails too
      if (index !== this.#current) await this.#append(decoded(track.init_segment), behind);
      this.#current = index;
      const all = after(first, pieces);
      for await (const piece of moved(slot, track.ticks, range, all)) {
        await this.#append(piece, behind);
      }
      this.slots.hold(slot, index);
      return range[1] - range[0];
    } finally {
      this.busy = false;
    }
  }

  async #append(data: Uint8Array<ArrayBuffer>, behind: number): Promise<void> {
    try {
      await this.#done(() => this.#buffer.appendBuffer(data));
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      await this.#makeRoom(behind);
      await this.#done(() => this.#buffer.appendBuffer(data));
    }
  }

  async #makeRoom(behind: number): Promise<void> {
    const slot = this.slots.at(behind);
    this.slots.dropBefore(slot);
    const until = slot * this.slots.length;
    if (until > 0) await this.#done(() => this.#buffer.remove(0, until));
  }

  #done(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const once = { once: true, signal: this.signal };
      this.#buffer.addEventListener("updateend", () => resolve(), once);
      const failed = (): void => {
        reject(new Error(`the browser does not take a fragment of ${this.tracks[0]?.name}`));
      };
      this.#buffer.addEventListener("error", failed, once);
      this.signal.addEventListener("abort", () => reject(this.signal.reason as Error));
      work();
    });
  }
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** The first piece, then the others. */
async function* after<T>(first: Promise<IteratorResult<T>>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  const { value, done } = await first;
  if (done) return;
  yield value;
  yield* rest;
}

function lost(error: unknown): Problem {
  if (!(error instanceof TypeError)) return problemOf(error);
  return new Problem(
    "The connection to the service was lost.",
    "Check that the service is running and that you are connected, then try again.",
  );
}
