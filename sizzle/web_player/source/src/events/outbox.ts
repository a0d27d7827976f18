// Sends events until the service has acknowledged them.
//
// An event is stored before it is sent, and removed once the service responds that it has it or will
// never take it. A response that is lost leaves it stored: it is sent again with the same id, which
// the service records once.

import { batchOf, bodyOf, isPending, newId, type Pending, type PlayerEvent } from "./event";
import { Kept } from "./storage";

const SOON = 2000; // ms that events wait for others of their request
const FIRST_WAIT = 1000; // ms, before the first retry; twice as long before each other one
const LONGEST_WAIT = 60_000;

interface Results {
  results: { id: string; status: string; reason?: string }[];
}

/** Statuses after which the same request would be refused again. */
const FINAL = [400, 401, 403, 404, 405, 413, 415, 422];

export class Outbox {
  readonly #kept = new Kept<Pending>("event", isPending);
  readonly #sending = new Set<string>();
  #timer = 0;
  #failures = 0;
  #request: Promise<void> | undefined;
  #made = 0;

  /**
   * @param url where events are recorded.
   * @param onChange called when events were added, or acknowledged.
   */
  constructor(
    readonly url: string,
    readonly onChange: () => void,
  ) {
    addEventListener("online", () => this.#schedule(0));
    addEventListener("pageshow", () => this.#schedule(0)); // also from the browser's cache of pages
    addEventListener("pagehide", () => this.#beacon());
    if (this.#kept.entries().length) this.#schedule(0);
  }

  add(token: string, event: Omit<PlayerEvent, "id" | "time">): void {
    const now = Date.now();
    const complete = { id: newId(), time: new Date(now).toISOString(), ...event };
    // The key sorts by time, so that events are sent in their order.
    const order = `${now.toString().padStart(15, "0")}.${String(this.#made++).padStart(6, "0")}`;
    this.#kept.set(`${order}.${complete.id}`, { token, event: complete });
    this.onChange();
    this.#schedule(SOON);
  }

  /** How many events the service has taken since the page was opened. */
  recorded = 0;

  /** How many it will never take. */
  refused = 0;

  /** How many it has not acknowledged. */
  get waiting(): number {
    return this.#kept.entries().length;
  }

  /** Send what waits now. Resolves once the service responded, whatever it said. */
  async flush(): Promise<void> {
    while (this.#request) await this.#request;
    while (this.waiting && !this.#failures) await this.#send();
  }

  /** Try once more now, whatever failed before. */
  async retry(): Promise<void> {
    this.#failures = 0;
    await this.flush();
  }

  #schedule(wait: number): void {
    if (this.#timer && wait) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      void this.#send();
    }, wait);
  }

  #send(): Promise<void> {
    this.#request ??= this.#sendBatch().finally(() => (this.#request = undefined));
    return this.#request;
  }

  async #sendBatch(): Promise<void> {
    const entries = this.#kept.entries();
    const batch = batchOf(entries.map(([, pending]) => pending));
    const events = new Set(batch.map(({ event }) => event.id));
    const keys = entries.filter(([, { event }]) => events.has(event.id)).map(([key]) => key);
    if (!batch.length) return;
    for (const key of keys) this.#sending.add(key);
    const wait = await this.#post(batch);
    for (const key of keys) this.#sending.delete(key);
    if (wait === undefined) for (const key of keys) this.#kept.delete(key);
    this.#failures = wait === undefined ? 0 : this.#failures + 1;
    if (this.waiting) this.#schedule(wait ?? 0);
    this.onChange();
  }

  /** Undefined once the service has responded for good, else the ms before the next attempt. */
  async #post(batch: readonly Pending[]): Promise<number | undefined> {
    const body = bodyOf(batch, Date.now());
    const backoff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    try {
      const headers = { "Content-Type": "application/json" };
      const options = { method: "POST", keepalive: true, headers, body };
      const response = await fetch(this.url, options);
      if (response.ok) this.#count((await response.json()) as Results);
      if (response.ok) return undefined;
      if (FINAL.includes(response.status)) return this.#refuse(batch, response.status);
      return 1000 * Number(response.headers.get("Retry-After")) || backoff;
    } catch {
      return backoff; // no connection
    }
  }

  #count({ results }: Results): void {
    const refused = results.filter(({ status }) => status === "refused");
    this.recorded += results.length - refused.length;
    this.refused += refused.length;
    for (const { id, reason } of refused) console.warn(`Event ${id} was refused: ${reason}`);
  }

  /** Such as after a week, when the token has expired. */
  #refuse(batch: readonly Pending[], status: number): undefined {
    this.refused += batch.length;
    console.warn(`${batch.length} events were refused: ${status}`);
  }

  /** The page goes: hand over what is not under way. It stays stored, as no response will be seen. */
  #beacon(): void {
    let rest = this.#kept.entries().filter(([key]) => !this.#sending.has(key)).map(([, each]) => each);
    while (rest.length) {
      const batch = batchOf(rest);
      const body = new Blob([bodyOf(batch, Date.now())], { type: "application/json" });
      if (!navigator.sendBeacon(this.url, body)) return;
      rest = rest.filter((each) => !batch.includes(each));
    }
  }
}
