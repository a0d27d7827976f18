/** Sizzle's service, which checks the timelines that are sent to it. */

import { parseReport, type Report } from "./findings";
import type { ServiceAccess, Service, Upload, Waiting } from "./host";
import { Problem } from "./problem";
import { failureOf, noAnswer, unreachable } from "./service_problems";

/** The part of the web's `fetch` that is used. */
export type Fetch = (address: string, request: Request) => Promise<Response>;

/** What is asked of the service. */
export interface Request {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** No cookies: the key is all that says who asks. */
  readonly credentials: "omit";
  readonly signal: AbortSignal;
}

/** What it answers. */
export interface Response {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

const ANSWER_WITHIN = 30_000; // milliseconds
const UPLOAD_WITHIN = 300_000;
const CHECK_WITHIN = 900_000;
const LOOK_EVERY = 1_000;
const TICK = 500; // how soon Stop is heard

// UXP's network permission knows no addresses in numbers, and macOS lets plug-ins use plain HTTP on
// the same machine at most; so does the panel, as the key would be readable on its way.
const ORIGIN = /^(https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*|http:\/\/localhost)(:\d{1,5})?(\/|$)/i;
const PATH = /^[a-z]+:\/\/[^/]+(\/[\w.~/-]*)?$/i;
const IN_NUMBERS = /^https?:\/\/(\d+\.){3}\d+(:|\/|$)/i;

/** The service over HTTP. */
export class HttpService implements Service {
  /**
   * @param fetch - sends a request.
   * @param sleep - waits for a time in milliseconds.
   */
  constructor(
    private readonly fetch: Fetch,
    private readonly sleep: (time: number) => Promise<void>,
  ) {}

  async check(access: ServiceAccess, upload: Upload, waiting: Waiting): Promise<Report> {
    const base = `${baseOf(access.address)}/v1/ingests`;
    const call = (path: string, what: string, more: Partial<Request> = {}, within = ANSWER_WITHIN) =>
      this.call(`${base}${path}`, access, more, within, () => waiting(what));
    const { type, body } = formOf(upload);
    const form = { method: "POST", headers: { "Content-Type": type }, body } as const;
    const { id } = objectIn(await call("", "Sending the sequence…", form, UPLOAD_WITHIN), base);
    const path = `/${encodeURIComponent(String(id))}`;
    await this.untilChecked(() => call(path, "The service is checking…"), base);
    return parseReport(await call(`${path}/findings`, "Reading the findings…"), base);
  }

  /** Wait for the end of a check. @throws {Problem} it failed, or takes too long. */
  private async untilChecked(look: () => Promise<string>, where: string): Promise<void> {
    for (let waited = 0; waited < CHECK_WITHIN; waited += LOOK_EVERY) {
      const { state, failure } = objectIn(await look(), where);
      if (state === "failed") throw failedCheck(failure, where);
      if (state === "checked" || state === "published") return;
      await this.sleep(LOOK_EVERY);
    }
    throw noAnswer(where, CHECK_WITHIN);
  }

  /**
   * The text of a good answer.
   *
   * @param waiting - is called while there is no answer; what it throws gives the request up.
   * @throws {Problem} any other answer, or none in time.
   */
  private async call(
    address: string,
    { key }: ServiceAccess,
    more: Partial<Request>,
    within: number,
    waiting: () => void,
  ): Promise<string> {
    const controller = new AbortController();
    const headers = { Accept: "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) };
    const answer = this.answerTo(address, {
      method: "GET",
      credentials: "omit",
      signal: controller.signal,
      ...more,
      headers: { ...headers, ...more.headers },
    });
    let over = false;
    try {
      return await Promise.race([answer, this.timeout(within, waiting, () => over, address)]);
    } finally {
      over = true;
      // One that is given up may still fail, with nobody to hear it.
      answer.catch(() => undefined);
      controller.abort();
    }
  }

  /** Fails when the time is up; once the request is over nobody hears that, and it waits no longer. */
  private async timeout(
    within: number,
    waiting: () => void,
    over: () => boolean,
    address: string,
  ): Promise<never> {
    for (let waited = 0; waited < within && !over(); waited += TICK) {
      waiting();
      await this.sleep(TICK);
    }
    throw noAnswer(address, within);
  }

  private async answerTo(address: string, request: Request): Promise<string> {
    let response: Response;
    let text: string;
    try {
      response = await this.fetch(address, request);
      text = await response.text();
    } catch (error) {
      throw unreachable(address, error);
    }
    if (response.status >= 200 && response.status < 300) return text;
    throw failureOf(response.status, response.headers.get("retry-after"), text, address);
  }
}

/** An address without slashes at its end. @throws {Problem} it cannot be a service's. */
export function baseOf(text: string): string {
  const address = text.trim().replace(/\/+$/, "");
  if (ORIGIN.test(address) && PATH.test(address) && !IN_NUMBERS.test(address)) return address;
  const where = "Service";
  if (!address) {
    throw new Problem("No service is set.", { where, fix: "enter its address, below." });
  }
  if (IN_NUMBERS.test(address)) {
    throw new Problem("Premiere lets no panel reach an address in numbers.", {
      where,
      fix: "use the service's name, such as http://localhost:8000 for this machine.",
    });
  }
  throw new Problem("That is not the address of a service.", {
    where,
    fix: "enter one like https://sizzles.example.com; only on this machine http://localhost:8000.",
  });
}

/** A form, as text: UXP promises nothing about files in forms. */
function formOf({ fileName, xml, assetId, layout }: Upload): { type: string; body: string } {
  const boundary = boundaryFor([xml, layout?.text ?? ""]);
  const part = (head: string, text: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
  const file = (field: string, name: string, text: string) =>
    part(`name="${field}"; filename="${name.replace(/["\\\r\n]/g, "-")}"`, text);
  const body = [
    part('name="asset_id"', assetId),
    ...(layout ? [file("layout", layout.name, layout.text)] : []),
    file("timeline", fileName, xml),
    `--${boundary}--\r\n`,
  ].join("");
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}

/** A line that none of the texts has. */
function boundaryFor(texts: readonly string[]): string {
  let boundary = "dynamic-sizzles";
  while (texts.some((text) => text.includes(`--${boundary}`))) boundary += "-x";
  return boundary;
}

function objectIn(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value) return value as Record<string, unknown>;
  } catch {
    // Any other answer is not the service's.
  }
  throw new Problem("The answer is not from Dynamic Sizzles.", {
    where,
    fix: "check the address of the service.",
  });
}

function failedCheck(failure: unknown, where: string): Problem {
  const { what, fix } = (failure ?? {}) as { readonly what?: unknown; readonly fix?: unknown };
  return new Problem(typeof what === "string" && what ? what : "The check failed.", {
    where,
    fix: typeof fix === "string" && fix ? fix : "export the sequence, and use `sizzle validate`.",
  });
}
