/** The panel's host over Premiere's API. */

import { beforeEach, describe, expect, it } from "vitest";

import type { Change } from "../src/changes";
import { PremiereHost } from "../src/premiere/host";
import { Stopped } from "../src/problem";
import type { Sequence } from "../src/sequence";
import { FakePremiere, FRAME } from "./fake/premiere";
import { at, noPause, problemOf, unwatched } from "./make";

let premiere: FakePremiere;
let host: PremiereHost;

beforeEach(() => {
  premiere = new FakePremiere();
  premiere.sequence.lay([
    ["harbor.mov", 160],
    ["harbor.mov", 80],
  ]);
  premiere.sequence.markers.put("harbor-clip-1", 0n);
  host = new PremiereHost(premiere.module, noPause);
});

function read(track = 1): Promise<Sequence> {
  return host.read(track, "clips", unwatched);
}

describe("reading", () => {
  it("gives plain values, in exact ticks", async () => {
    const sequence = await read();
    expect(sequence).toMatchObject({ name: "Mega Asset", track: 1, tracks: ["Video 1"] });
    expect(sequence.clips).toEqual([
      { name: "harbor.mov", start: 0n, end: at(160) },
      { name: "harbor.mov", start: at(160), end: at(240) },
    ]);
    expect(sequence.markers).toEqual([
      { id: "marker-1", name: "harbor-clip-1", comments: "", start: 0n, colour: "other" },
    ]);
    expect(sequence.clock.timecode(at(160))).toBe("01:00:06:16");
  });

  it("puts clips and markers in timeline order, whatever order Premiere has", async () => {
    premiere.sequence.track(1).items.reverse();
    const { markers } = premiere.sequence;
    markers.put("late", at(9));
    const listed = markers.getMarkers().reverse();
    markers.getMarkers = () => listed;
    const sequence = await read();
    expect(sequence.clips.map((clip) => clip.start)).toEqual([0n, at(160)]);
    expect(sequence.markers.map((marker) => marker.start)).toEqual([0n, at(9)]);
  });

  it("knows drop-frame timecode by the sequence's display format", async () => {
    const counting = { ticksPerFrame: 8_475_667_200n, zero: 0n, display: 102 };
    premiere.activate(premiere.newSequence("NTSC", counting));
    expect((await read()).clock.rate).toBe("29.97 DF");
  });

  it("reads thousands of clips in order", async () => {
    premiere.sequence.lay(Array.from({ length: 3000 }, (_, n) => [`clip ${n}`, 40] as const));
    const { clips } = await read();
    expect(clips).toHaveLength(3002);
    expect(clips.at(-1)?.name).toBe("clip 2999");
  });

  it("takes a few calls for an outline, however long the sequence", async () => {
    premiere.sequence.lay(Array.from({ length: 3000 }, (_, n) => [`clip ${n}`, 40] as const));
    const outline = await host.read(1, "outline", unwatched);
    expect(outline).toMatchObject({ clipCount: 3002, clips: [] });
    expect(premiere.ledger.meter.calls).toBeLessThan(10);
  });

  it("asks in small batches, says how far it is, and ends where that throws", async () => {
    premiere.sequence.lay(Array.from({ length: 98 }, () => ["a", 40] as const));
    const heard: number[] = [];
    await host.read(1, "clips", (done, total) => void heard.push(done, total));
    expect(heard.slice(0, 4)).toEqual([10, 100, 20, 100]);
    expect(heard.slice(-2)).toEqual([100, 100]);
    expect(premiere.ledger.meter.mostAtOnce).toBeLessThanOrEqual(30);
    const { calls } = premiere.ledger.meter;
    const stopped = host.read(1, "clips", () => {
      throw new Stopped();
    });
    await expect(stopped).rejects.toThrow(Stopped);
    expect(premiere.ledger.meter.calls - calls).toBeLessThan(50);
  });

  it("tells markers with equal guids apart", async () => {
    premiere.sequence.markers.put("harbor-clip-2", at(160), { guid: "marker-1" });
    const before = await read();
    const [, second] = before.markers;
    if (!second) throw new Error("the marker is lost");
    const rename: Change = { kind: "rename", marker: second, name: "atlas-clip-1" };
    await host.write(before, "x", [rename], unwatched);
    const names = (await read()).markers.map((marker) => marker.name);
    expect(names).toEqual(["harbor-clip-1", "atlas-clip-1"]);
  });

  it.each([false, true])("says what to open where nothing is (rejecting: %j)", async (rejects) => {
    premiere.rejects = rejects;
    premiere.activate(null);
    const problem = await problemOf(() => read());
    expect(problem).toMatchObject({ message: "No sequence is active.", where: "Sizzles.prproj" });
    premiere.projectOpen = false;
    expect((await problemOf(() => read())).message).toBe("No project is open.");
  });

  it("says that a track is not there", async () => {
    const problem = await problemOf(() => read(2));
    expect(problem.message).toBe("The sequence has no V2; it has 1 video track.");
  });
});

/** One change of each kind, on the sequence of these tests. */
function everything({ clips, markers }: Sequence): Change[] {
  const [clip, marker] = [clips[0], markers[0]];
  if (!clip || !marker) throw new Error("the sequence lost its clip or marker");
  return [
    { kind: "rename", marker, name: "atlas-clip-1" },
    { kind: "move", marker, at: at(160) },
    { kind: "colour", marker, colour: "red" },
    { kind: "add", at: at(3), name: "gap", comments: "one\ntwo" },
    { kind: "clip", clip, name: "atlas-clip-1" },
  ];
}

describe("writing", () => {
  it("makes all changes in one step, which one undo takes back", async () => {
    const before = await read();
    await host.write(before, "Number clips", everything(before), unwatched);
    const after = await read();
    expect(after.clips.map((clip) => clip.name)).toEqual(["atlas-clip-1", "harbor.mov"]);
    expect(after.markers).toMatchObject([
      { name: "gap", comments: "one\ntwo", start: at(3), colour: "other" },
      { name: "atlas-clip-1", start: at(160), colour: "red" },
    ]);
    expect(premiere.ledger.stack.map(({ label }) => label)).toEqual(["Number clips"]);
    premiere.ledger.undo();
    expect(await read()).toEqual(before);
  });

  it("sets point markers of the kind that editors set", async () => {
    const before = await read();
    await host.write(before, "x", [{ kind: "add", at: at(7), name: "n", comments: "c" }], unwatched);
    const [, added] = premiere.sequence.markers.list;
    expect(added).toMatchObject({ type: "Comment", start: 7n * FRAME, duration: 0n });
  });

  it("removes markers", async () => {
    const before = await read();
    const removes = before.markers.map((marker): Change => ({ kind: "remove", marker }));
    await host.write(before, "x", removes, unwatched);
    expect((await read()).markers).toEqual([]);
  });

  it("writes nothing where the sequence is no longer as it was shown", async () => {
    const before = await read();
    const edits = [
      () => premiere.sequence.lay([["new", 40]]),
      () => premiere.sequence.markers.put("new", 0n),
      () => (premiere.sequence.name = "Copy"),
      () => premiere.activate(premiere.newSequence("Other")),
    ];
    for (const edit of edits) {
      edit();
      const problem = await problemOf(() => host.write(before, "x", everything(before), unwatched));
      expect(problem.message).toContain("has changed since");
    }
    expect(premiere.ledger.stack).toEqual([]);
  });

  it("looks at the markers again under the lock, where nothing moves any more", async () => {
    const before = await read();
    premiere.beforeLock = () => premiere.sequence.markers.put("quick", at(9));
    const problem = await problemOf(() => host.write(before, "x", everything(before), unwatched));
    expect(problem.message).toContain("has changed since");
    expect(premiere.ledger.stack).toEqual([]);
  });

  it("writes nothing where a clip has moved since, or comes or goes just before the lock", async () => {
    const before = await read();
    const [clip] = premiere.sequence.track(1).items;
    if (!clip) throw new Error("the clip is lost");
    clip.start += FRAME;
    const write = () => host.write(before, "x", everything(before), unwatched);
    expect((await problemOf(write)).message).toContain("has changed since");
    clip.start -= FRAME;
    premiere.beforeLock = () => premiere.sequence.lay([["quick", 40]]);
    expect((await problemOf(write)).message).toContain("has changed since");
    expect(premiere.ledger.stack).toEqual([]);
  });

  it.each([true, undefined])("takes %j from addAction for a yes", async (answer) => {
    premiere.ledger.addActionAnswer = answer;
    const before = await read();
    await host.write(before, "x", everything(before), unwatched);
    expect(premiere.ledger.stack).toHaveLength(1);
  });

  it("takes false from addAction for a no", async () => {
    premiere.ledger.addActionAnswer = false;
    const before = await read();
    const problem = await problemOf(() => host.write(before, "x", everything(before), unwatched));
    expect(problem.message).toContain("did not take all actions");
    expect(premiere.ledger.stack).toEqual([]);
  });

  it.each([
    ["answers false", "Premiere refused “x”: it did not say why."],
    ["throws", "Premiere refused “x”: The track is locked."],
  ] as const)(
    "says what Premiere %s for a locked track, and that nothing is written",
    async (how, says) => {
      premiere.sequence.track(1).locked = how;
      const before = await read();
      const problem = await problemOf(() => host.write(before, "x", everything(before), unwatched));
      expect(problem.message).toBe(says);
      expect(problem.fix).toContain("unlock V1");
      expect(await read()).toEqual(before);
    },
  );

  it("says so where a marker of the list is gone", async () => {
    const before = await read();
    const gone = { id: "gone", name: "x", comments: "", start: 0n, colour: "other" } as const;
    const write = () => host.write(before, "x", [{ kind: "rename", marker: gone, name: "y" }], unwatched);
    expect((await problemOf(write)).message).toContain("is gone");
  });

  it("says so where Premiere never locks the project", async () => {
    const before = await read();
    premiere.ledger.lockedAccess = () => undefined;
    const problem = await problemOf(() => host.write(before, "x", everything(before), unwatched));
    expect(problem.message).toContain("did not lock the project");
  });
});

describe("exporting", () => {
  it("writes the active sequence", async () => {
    await host.exportXml(await read(), "/out/mega.xml");
    expect(premiere.disk.get("/out/mega.xml")).toContain("Mega Asset");
  });

  it("says so where Premiere does not", async () => {
    premiere.exportAnswer = false;
    const sequence = await read();
    const problem = await problemOf(() => host.exportXml(sequence, "/out/mega.xml"));
    expect(problem).toMatchObject({ where: "/out/mega.xml" });
  });

  it("exports no other sequence than the one it was asked for", async () => {
    const sequence = await read();
    premiere.activate(premiere.newSequence("Other"));
    const problem = await problemOf(() => host.exportXml(sequence, "/out/mega.xml"));
    expect(problem.message).toContain("Another sequence");
    expect(premiere.disk.size).toBe(0);
  });
});

it("tells when another sequence is opened", () => {
  let told = 0;
  host.onActivated(() => (told += 1));
  premiere.activate(premiere.newSequence("Other"));
  expect(told).toBeGreaterThan(0);
});
