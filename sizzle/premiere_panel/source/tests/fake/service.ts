/** The service's HTTP interface, which answers as the real one does, and is as strict with forms. */

import type { Fetch, Request, Response } from "../../src/service";
import shared from "../shared/findings.json";

/** What came up in one upload. */
export interface Received {
  readonly key: string;
  readonly assetId: string;
  readonly timeline: string;
  readonly fileName: string;
  readonly layout: string;
}

const JOB = "0123456789abcdef0123456789abcdef";

/** A service at one address; a test sets what it needs otherwise. */
export class FakeService {
  key = "sz_right";
  /** The states that a job is in, one a look. */
  states: readonly Record<string, unknown>[] = [
    { state: "queued", failure: null },
    { state: "running", failure: null },
    { state: "checked", failure: null },
  ];
  report: unknown = { ...shared };
  /** Answers a request in place of the service, where it gives an answer. */
  instead: (request: Request, address: string) => Response | Promise<Response> | null = () => null;
  readonly received: Received[] = [];
  readonly asked: string[] = [];
  private looks = 0;

  constructor(readonly address = "https://sizzles.example.com") {}

  readonly fetch: Fetch = async (address, request) => {
    this.asked.push(`${request.method} ${address}`);
    const instead = await this.instead(request, address);
    if (instead) return instead;
    if (!address.startsWith(`${this.address}/`)) throw new TypeError("Network request failed");
    if (request.headers["Authorization"] !== `Bearer ${this.key}`) {
      return problem(401, "Unknown API key.");
    }
    return this.route(`${request.method} ${address.slice(this.address.length)}`, request);
  };

  private route(what: string, request: Request): Response {
    if (what === "POST /v1/ingests") return this.take(request);
    if (what === `GET /v1/ingests/${JOB}`) return json(200, { id: JOB, ...this.state() });
    if (what === `GET /v1/ingests/${JOB}/findings`) return json(200, this.report);
    return problem(404, "Not Found");
  }

  private take({ headers, body = "" }: Request): Response {
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers["Content-Type"] ?? "")?.[1];
    if (!boundary) return problem(422, "The form cannot be read.");
    const parts = body.split(`--${boundary}`);
    if (parts[0] !== "" || parts.at(-1) !== "--\r\n") return problem(422, "The form is cut off.");
    const fields = new Map(parts.slice(1, -1).map(fieldOf));
    const [timeline, assetId] = [fields.get("timeline"), fields.get("asset_id")?.text];
    if (!timeline || !assetId) return problem(422, "The upload has no timeline.");
    this.looks = 0;
    this.received.push({
      key: headers["Authorization"] ?? "",
      assetId,
      timeline: timeline.text,
      fileName: timeline.fileName,
      layout: fields.get("layout")?.text ?? "",
    });
    return json(202, { id: JOB, state: "queued" });
  }

  private state(): Record<string, unknown> {
    const now = this.states[Math.min(this.looks, this.states.length - 1)] ?? {};
    this.looks += 1;
    return now;
  }
}

function fieldOf(part: string): [string, { readonly text: string; readonly fileName: string }] {
  const match = /^\r\nContent-Disposition: form-data; name="([^"]+)"(?:; filename="([^"]*)")?\r\n\r\n/.exec(
    part,
  );
  if (!match || !part.endsWith("\r\n")) throw new Error("a part of the form is malformed");
  return [match[1] ?? "", { text: part.slice(match[0].length, -2), fileName: match[2] ?? "" }];
}

/** An answer in JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return answer(status, JSON.stringify(value), headers);
}

/** An answer. */
export function answer(status: number, text: string, headers: Record<string, string> = {}): Response {
  return { status, headers: { get: (name) => headers[name] ?? null }, text: async () => text };
}

/** An error as the service words it. */
export function problem(
  status: number,
  detail: string,
  fix = "mend it.",
  headers: Record<string, string> = {},
): Response {
  return json(status, { type: "about:blank", title: "Wrong", status, detail, fix }, headers);
}

/** A pause that takes next to no time, but lets others go first. */
export const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
