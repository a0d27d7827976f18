/** The fake throws where Premiere would: without that, the other tests would prove little. */

import type { Action, Sequence } from "@adobe/premierepro";
import { beforeEach, describe, expect, it } from "vitest";

import { FakePremiere, FRAME } from "./premiere";
import { FakeTime } from "./time";

let premiere: FakePremiere;
let ppro: FakePremiere["module"];

beforeEach(() => {
  premiere = new FakePremiere();
  premiere.sequence.lay([["a", 40]]);
  premiere.sequence.markers.put("a-clip-1", 0n);
  ppro = premiere.module;
});

async function open() {
  const project = await ppro.Project.getActiveProject();
  const sequence = await project.getActiveSequence();
  const markers = await ppro.Markers.getMarkers(sequence);
  const track = await sequence.getVideoTrack(0);
  const [item] = track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false);
  const [marker] = markers.getMarkers();
  if (!item || !marker) throw new Error("the fake lost its clip or marker");
  return { project, sequence, markers, item, marker };
}

describe("actions", () => {
  it("are made inside lockedAccess only, of whatever kind", async () => {
    const { markers, item, marker } = await open();
    const zero = ppro.TickTime.TIME_ZERO;
    const makers = [
      () => markers.createAddMarkerAction("x", "Comment", zero, zero, ""),
      () => markers.createMoveMarkerAction(marker, zero),
      () => markers.createRemoveMarkerAction(marker),
      () => marker.createSetNameAction("x"),
      () => marker.createSetColorByIndexAction(1),
      () => item.createSetNameAction("x"),
    ];
    for (const make of makers) expect(make).toThrow("Requires locked access");
  });

  it("are executed inside a transaction, inside lockedAccess, only", async () => {
    const { project } = await open();
    expect(() => project.executeTransaction(() => undefined, "x")).toThrow(
      "Requires locked access",
    );
  });

  it("do not outlive their lock", async () => {
    const { project, marker } = await open();
    let stale: Action = {};
    project.lockedAccess(() => (stale = marker.createSetNameAction("x")));
    project.lockedAccess(() => {
      const use = () => project.executeTransaction((all) => void all.addAction(stale), "x");
      expect(use).toThrow("earlier lock");
    });
  });

  it("are taken once, and only while the transaction's callback runs", async () => {
    const { project, marker } = await open();
    project.lockedAccess(() => {
      const action = marker.createSetNameAction("x");
      project.executeTransaction((all) => {
        all.addAction(action);
        expect(() => all.addAction(action)).toThrow("already");
        expect(() => all.addAction({})).toThrow("Illegal Parameter type");
      }, "x");
      let late: Parameters<Parameters<typeof project.executeTransaction>[0]>[0] | undefined;
      project.executeTransaction((all) => void (late = all), "x");
      expect(() => late?.addAction(marker.createSetNameAction("y"))).toThrow("over");
    });
  });

  it("cannot be awaited under the lock", async () => {
    const { project } = await open();
    const waiting = () => project.lockedAccess(() => Promise.resolve() as unknown as undefined);
    expect(waiting).toThrow("lock is gone");
  });

  it("of a marker that is gone fail, and leave all as it was", async () => {
    const { project, markers, marker, item } = await open();
    project.lockedAccess(() => {
      const twice = () =>
        project.executeTransaction((all) => {
          all.addAction(item.createSetNameAction("x"));
          all.addAction(markers.createRemoveMarkerAction(marker));
          all.addAction(marker.createSetNameAction("x"));
        }, "x");
      expect(twice).toThrow("Connection to object lost");
    });
    expect(await item.getName()).toBe("a");
    expect(markers.getMarkers()).toHaveLength(1);
  });
});

describe("owners of markers", () => {
  it("are sequences, never clips of a track", async () => {
    const { item } = await open();
    const wrong = ppro.Markers.getMarkers(item as unknown as Sequence);
    await expect(wrong).rejects.toThrow("Illegal Parameter type");
  });
});

describe("times", () => {
  it("are texts of whole ticks", () => {
    expect(() => FakeTime.createWithTicks(5 as unknown as string)).toThrow("Illegal");
    expect(() => FakeTime.createWithTicks("5.5")).toThrow("Invalid");
    expect(FakeTime.createWithTicks(String(FRAME)).ticks).toBe("10594584000");
  });

  it("of markers are time objects, and not before the sequence", async () => {
    const { project, markers } = await open();
    const before = ppro.TickTime.createWithTicks("-1");
    const number = 5 as unknown as typeof before;
    project.lockedAccess(() => {
      const zero = ppro.TickTime.TIME_ZERO;
      expect(() => markers.createAddMarkerAction("x", "Comment", before, zero)).toThrow("Invalid");
      expect(() => markers.createAddMarkerAction("x", "Comment", number, zero)).toThrow("Illegal");
    });
  });
});

describe("undo", () => {
  it("takes back a whole transaction", async () => {
    const { project, markers, marker, item } = await open();
    project.lockedAccess(() => {
      project.executeTransaction((all) => {
        all.addAction(marker.createSetNameAction("b-clip-1"));
        all.addAction(item.createSetNameAction("b-clip-1"));
      }, "Number clips");
    });
    expect(await item.getName()).toBe("b-clip-1");
    expect(premiere.ledger.undo()).toBe("Number clips");
    expect(await item.getName()).toBe("a");
    expect(markers.getMarkers()[0]?.getName()).toBe("a-clip-1");
  });
});
