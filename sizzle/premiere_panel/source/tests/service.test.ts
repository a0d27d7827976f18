/** The way to the service and back, and what an editor reads where it is blocked. */

import { beforeEach, describe, expect, it } from "vitest";

import { baseOf, HttpService, type Response } from "../src/service";
import { answer, FakeService, json, problem, soon } from "./fake/service";
import { problemOf } from "./make";
import shared from "./shared/findings.json";

const UPLOAD = {
  fileName: 'Mega "Asset".xml',
  xml: '<xmeml>\r\n--dynamic-sizzles\n"é"</xmeml>\n',
  assetId: "Mega-Asset",
  layout: { name: "short.toml", text: 'name = "short"\n' },
};

let fake: FakeService;
let access: { address: string; key: string };
let waits: string[];

beforeEach(() => {
  fake = new FakeService();
  access = { address: `${fake.address}/`, key: fake.key };
  waits = [];
});

function check(waiting = (what: string): unknown => waits.push(what)) {
  return new HttpService(fake.fetch, soon).check(access, UPLOAD, (what) => void waiting(what));
}

describe("a check", () => {
  it("sends the timeline with its layout, waits, and brings the findings", async () => {
    expect(await check()).toEqual({ sequence: "Mega Asset", findings: shared.findings });
    expect(fake.received).toEqual([
      {
        key: "Bearer sz_right",
        assetId: "Mega-Asset",
        timeline: UPLOAD.xml,
        fileName: "Mega -Asset-.xml",
        layout: UPLOAD.layout.text,
      },
    ]);
    expect(fake.asked.map((each) => each.split("/v1")[1])).toHaveLength(5);
    expect([...new Set(waits)]).toEqual([
      "Sending the sequence…",
      "The service is checking…",
      "Reading the findings…",
    ]);
  });

  it("sends no key where there is none, and no cookies ever", async () => {
    access.key = "";
    fake.instead = (request) => {
      expect(request.headers).not.toHaveProperty("Authorization");
      expect(request.credentials).toBe("omit");
      return json(202, { id: "x", state: "checked", sequence: "S", findings: [] });
    };
    expect(await check()).toEqual({ sequence: "S", findings: [] });
  });

  it("that fails says why in the service's words", async () => {
    const failure = { what: "The file has 2 sequences.", fix: "choose one." };
    fake.states = [{ state: "failed", failure }];
    expect(await problemOf(check)).toMatchObject({ message: failure.what, fix: failure.fix });
    fake.states = [{ state: "failed", failure: null }];
    expect((await problemOf(check)).message).toBe("The check failed.");
  });

  it("is given up where the editor stops it, also while nothing answers", async () => {
    const asked: AbortSignal[] = [];
    fake.instead = ({ signal }) => {
      asked.push(signal);
      return new Promise<Response>(() => undefined);
    };
    let ticks = 0;
    const stopped = new Error("stop");
    const stop = () => {
      ticks += 1;
      if (ticks > 2) throw stopped;
    };
    await expect(check(stop)).rejects.toBe(stopped);
    expect(asked.map((signal) => signal.aborted)).toEqual([true]);
  });

  it("that nothing answers ends with a message, and the request is given up", async () => {
    fake.instead = ({ method }) => (method === "GET" ? new Promise<Response>(() => undefined) : null);
    expect((await problemOf(check)).message).toBe("The service did not answer within 30 seconds.");
  });

  it("that has its answers waits for nothing more", async () => {
    let sleeps = 0;
    const sleep = () => {
      sleeps += 1;
      return soon();
    };
    await new HttpService(fake.fetch, sleep).check(access, UPLOAD, () => undefined);
    const until = sleeps;
    for (let turn = 0; turn < 20; turn += 1) await soon();
    expect(sleeps).toBe(until);
  });

  it("that never ends, ends", async () => {
    fake.states = [{ state: "running" }];
    expect((await problemOf(check)).message).toContain("within 900 seconds");
  });
});

describe("what goes wrong", () => {
  const denied = "Permission denied to the url https://sizzles.example.com/v1. Manifest entry not found.";

  it.each<[string, () => Response, string, string]>([
    ["a wrong key", () => problem(401, "Unknown API key."), "does not accept the key", "sizzle keys create"],
    ["a key without the scope", () => problem(403, "No scope."), "No scope.", "assets:write"],
    ["a service without uploads", () => problem(404, "Not Found"), "takes no timelines", "--ingests"],
    ["a large sequence", () => problem(413, "Over 256 MiB.", ""), "Over 256 MiB.", "nested"],
    ["a proxy's 413", () => answer(413, "<html>"), "too large for the service", "nested"],
    ["too many requests", () => problem(429, "", "", { "retry-after": "7" }), "too many", "in 7 seconds"],
    ["a full queue", () => problem(503, "Too many wait."), "Too many wait.", "in a minute"],
    ["a bad layout", () => problem(400, "layout: no clips.", "name them."), "no clips", "name them."],
    ["a proxy's error", () => answer(502, "<html>"), "status 502", "try again"],
    ["another site", () => answer(200, "<html>"), "not from Dynamic Sizzles", "address"],
    ["no connection", () => raise(new TypeError("Network request failed")), "cannot be reached", "network"],
    ["no permission", () => raise(new Error(denied)), "does not let the panel reach", "--service https:"],
  ])("%s is a message that says what to do", async (_, instead, message, fix) => {
    fake.instead = instead;
    const found = await problemOf(check);
    expect(found.message).toContain(message);
    expect(found.fix).toContain(fix);
    expect(JSON.stringify([found.message, found.where, found.fix])).not.toContain(fake.key);
  });
});

describe("an address", () => {
  it.each([
    [" https://sizzles.example.com/ ", "https://sizzles.example.com"],
    ["https://cut.example.com:8443/sizzles/", "https://cut.example.com:8443/sizzles"],
    ["http://localhost:8000", "http://localhost:8000"],
  ])("may be %j", (text, base) => {
    expect(baseOf(text)).toBe(base);
  });

  it.each([
    "",
    "sizzles.example.com",
    "http://sizzles.example.com",
    "http://localhost.example.com",
    "https://10.0.0.5:8000",
    "https://me:secret@sizzles.example.com",
    "https://sizzles.example.com/?a=b",
    "javascript:alert(1)",
    "https://sizzles.example.com/ x",
  ])("is not %j", async (text) => {
    expect((await problemOf(() => baseOf(text))).where).toBe("Service");
  });
});

function raise(error: Error): never {
  throw error;
}
