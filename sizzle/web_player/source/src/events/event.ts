// Events as `POST /v1/events` takes them.

export interface PlayerEvent {
  /** The same whenever it is sent again: the service records it once. */
  id: string;
  type: string;
  time: string;
  reel_id: string;
  attributes?: Record<string, string>;
  metrics?: Record<string, number>;
}

/** An event with the token that came with its reel. */
export interface Pending {
  token: string;
  event: PlayerEvent;
}

export function isPending(value: unknown): value is Pending {
  const { token, event } = (value ?? {}) as { token?: unknown; event?: { id?: unknown } };
  return typeof token === "string" && typeof event?.id === "string";
}

const PER_REQUEST = 100;
const BYTES = 60_000; // browsers let requests of 64 KiB outlive their page

/** The events of one request: those of the first one's token, oldest first, as many as it takes. */
export function batchOf(pending: readonly Pending[]): Pending[] {
  const batch: Pending[] = [];
  let bytes = 0;
  for (const each of pending) {
    if (each.token !== pending[0]?.token) continue;
    bytes += JSON.stringify(each.event).length;
    if (batch.length && (bytes > BYTES || batch.length === PER_REQUEST)) break;
    batch.push(each);
  }
  return batch;
}

/** A request's body; by `sent_at` the service corrects the device's clock. */
export function bodyOf(batch: readonly Pending[], now: number): string {
  return JSON.stringify({
    token: batch[0]?.token,
    sent_at: new Date(now).toISOString(),
    events: batch.map(({ event }) => event),
  });
}

/** UUIDs are made in secure contexts only; random numbers everywhere. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
