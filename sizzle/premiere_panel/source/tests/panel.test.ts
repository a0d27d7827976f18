/** Whole jobs, from a button to Premiere's timeline and back. */

import { beforeEach, describe, expect, it } from "vitest";

import { summary } from "../src/changes";
import type { Checked } from "../src/checking";
import { Clock } from "../src/clock";
import type { ChosenFile } from "../src/host";
import { Panel, type View, type Waited } from "../src/panel";
import type { Plan } from "../src/plan";
import { PremiereHost } from "../src/premiere/host";
import type { Problem } from "../src/problem";
import type { Sequence } from "../src/sequence";
import { HttpService } from "../src/service";
import type { Settings } from "../src/settings";
import { UxpFiles } from "../src/uxp/files";
import { FakeDisk } from "./fake/files";
import { FakePremiere, FRAME } from "./fake/premiere";
import { FakeService, problem, soon } from "./fake/service";
import { at, noPause } from "./make";
import shared from "./shared/findings.json";

/** A view that remembers what it shows. */
class Shown implements View {
  set: Settings = {
    track: 1,
    titlesBy: "name",
    pattern: "",
    title: "",
    renameClips: true,
    service: "https://sizzles.example.com",
    key: "sz_right",
    layout: null,
  };
  sequence: Sequence | null = null;
  plan: Plan | null = null;
  checked: Checked | null = null;
  problem: Problem | null = null;
  note = "";
  busy: boolean[] = [];
  waited: Waited | null = null;
  onProgress: () => void = () => undefined;

  settings = () => this.set;
  showBusy = (busy: boolean) => void this.busy.push(busy);
  showSequence = (sequence: Sequence | null) => void (this.sequence = sequence);
  showPlan = (plan: Plan | null) => void (this.plan = plan);
  showReport = (checked: Checked | null) => void (this.checked = checked);
  setLayout = (layout: ChosenFile | null) => void (this.set = { ...this.set, layout });
  showProgress = (waited: Waited | null) => {
    if (!waited) return;
    this.waited = waited;
    this.onProgress();
  };
  showProblem = (problem: Problem) => void (this.problem = problem);
  showNote = (text: string) => {
    this.note = text;
    this.problem = null;
  };
}

let premiere: FakePremiere;
let disk: FakeDisk;
let service: FakeService;
let view: Shown;
let panel: Panel;

beforeEach(() => {
  premiere = new FakePremiere();
  premiere.sequence.lay([
    ["harbor.mov", 160],
    ["harbor.mov", 160],
    ["atlas.mov", 160],
  ]);
  disk = new FakeDisk(premiere.disk);
  view = new Shown();
  service = new FakeService();
  const host = new PremiereHost(premiere.module, noPause);
  panel = new Panel(host, new UxpFiles(disk), new HttpService(service.fetch, soon), view);
});

function markers(): string[] {
  return premiere.sequence.markers.list.map((each) => `${each.name} ${each.colour}`);
}

async function markFindings(): Promise<void> {
  await panel.showFindings();
  await panel.markFindings();
  await panel.write();
}

function clips(): string[] {
  return premiere.sequence.track(1).items.map((each) => each.name);
}

describe("numbering", () => {
  it("shows first, writes when asked, and is one undo", async () => {
    await panel.numberClips();
    expect(summary(view.plan?.changes ?? [])).toBe("3 markers to add, 3 clips to rename");
    expect(markers()).toEqual([]);
    await panel.write();
    const keys = ["harbor-clip-1", "harbor-clip-2", "atlas-clip-1"];
    expect(clips()).toEqual(keys);
    expect(markers()).toEqual(keys.map((key) => `${key} 0`));
    expect(view).toMatchObject({ note: "Number clips: done.", plan: null, problem: null });
    premiere.ledger.undo();
    expect([clips(), markers()]).toEqual([["harbor.mov", "harbor.mov", "atlas.mov"], []]);
  });

  it("has nothing to change the second time, by name, by marker and by pattern", async () => {
    await panel.numberClips();
    await panel.write();
    for (const titlesBy of ["name", "marker", "pattern"] as const) {
      view.set = { ...view.set, titlesBy, pattern: "^(?P<title_id>[a-z]+)[.]mov$" };
      await panel.numberClips();
      expect(view).toMatchObject({ note: "Number clips: nothing to change.", plan: null });
    }
  });

  it("numbers a Mega Asset of 10,000 clips in one transaction", async () => {
    premiere.sequence.lay(
      Array.from({ length: 9997 }, (_, n) => [`title-${n % 700}`, 40] as const),
    );
    await panel.numberClips();
    await panel.write();
    expect(view).toMatchObject({ problem: null, note: "Number clips: done." });
    expect(markers()).toHaveLength(10_000);
    expect(premiere.ledger.stack).toHaveLength(1);
  });

  it("names the selected clips, and leaves those alone that have no title yet", async () => {
    const [first, second, third] = premiere.sequence.track(1).items;
    if (!first || !second || !third) throw new Error("a clip is lost");
    view.set = { ...view.set, titlesBy: "selection", title: " harbor ", renameClips: false };
    await panel.numberClips();
    expect(view.problem?.message).toBe("No clip on V1 is selected.");
    second.selected = true;
    await panel.numberClips();
    await panel.write();
    expect(premiere.sequence.markers.list).toMatchObject([{ name: "harbor-clip-1", start: at(160) }]);
    [first.selected, second.selected] = [true, false];
    await panel.numberClips();
    await panel.write();
    [first.selected, third.selected] = [false, true];
    view.set = { ...view.set, title: "atlas" };
    await panel.numberClips();
    await panel.write();
    const named = (await new PremiereHost(premiere.module).read(1, "clips", noPause)).markers;
    expect(named.map(({ name, start }) => [name, start])).toEqual([
      ["harbor-clip-1", 0n],
      ["harbor-clip-2", at(160)],
      ["atlas-clip-1", at(320)],
    ]);
    expect(clips()).toEqual(["harbor.mov", "harbor.mov", "atlas.mov"]);
    view.set = { ...view.set, title: "no title" };
    await panel.numberClips();
    expect(view.problem).toMatchObject({ where: "Title id" });
  });

  it("takes titles from a sheet, and a closed picker for no", async () => {
    view.set = { ...view.set, titlesBy: "sheet" };
    await panel.numberClips();
    expect([view.problem, view.plan]).toEqual([null, null]);
    const text = "clip_name;title_id\nharbor.mov;midnight-harbor\natlas.mov;atlas\n";
    disk.toOpen = { name: "titles.csv", text };
    await panel.numberClips();
    await panel.write();
    expect(clips()).toEqual(["midnight-harbor-clip-1", "midnight-harbor-clip-2", "atlas-clip-1"]);
  });

  it("moves the playhead to a row, in the sequence of the list only", async () => {
    await panel.numberClips();
    await panel.goTo(at(160));
    expect(premiere.sequence.playhead).toBe(at(160));
    expect(view.plan).not.toBeNull();
    premiere.activate(premiere.newSequence("Other"));
    await panel.goTo(at(320));
    expect(premiere.sequence.playhead).toBe(0n);
    expect(view.problem?.message).toContain("Another sequence");
  });

  it("writes nothing when cancelled", async () => {
    await panel.numberClips();
    panel.cancel();
    await panel.write();
    expect([view.plan, markers()]).toEqual([null, []]);
  });

  it("works on the track that is set", async () => {
    premiere.sequence.addTrack();
    premiere.sequence.lay([["saffron", 40]], 2);
    view.set = { ...view.set, track: 2 };
    await panel.numberClips();
    await panel.write();
    expect(markers()).toEqual(["saffron-clip-1 0"]);
  });

  it("says what is wrong with a pattern before it asks Premiere anything", async () => {
    view.set = { ...view.set, titlesBy: "pattern", pattern: "(" };
    await panel.numberClips();
    expect(view.problem).toMatchObject({ where: "Pattern" });
  });

  it("refuses a list that the timeline has outgrown", async () => {
    await panel.numberClips();
    premiere.sequence.lay([["late.mov", 40]]);
    await panel.write();
    expect(view.problem?.message).toContain("has changed since");
    expect(markers()).toEqual([]);
  });

  it("does not say done where a clip moved while it wrote", async () => {
    await panel.numberClips();
    const execute = premiere.ledger.executeTransaction.bind(premiere.ledger);
    premiere.ledger.executeTransaction = (...args) => {
      const last = premiere.sequence.track(1).items.at(-1);
      if (last) [last.start, last.end] = [last.start + at(5), last.end + at(5)];
      return execute(...args);
    };
    await panel.write();
    expect(view.problem?.where).toBe("no clip atlas-clip-1 at 01:00:13:08");
    expect(view.note).toBe("");
  });

  it("does not believe Premiere that a locked track was written to", async () => {
    premiere.sequence.track(1).locked = "does nothing";
    await panel.numberClips();
    await panel.write();
    expect(view.problem?.message).toBe(
      "Premiere reported success, but with 3 differences from the plan.",
    );
    expect(view.problem?.where).toContain("no clip harbor-clip-1 at 01:00:00:00");
    expect(view.problem?.fix).toContain("Undo Number clips");
  });
});

describe("2,000 clips", () => {
  beforeEach(() => {
    premiere.sequence.lay(Array.from({ length: 1997 }, (_, n) => [`t-${n % 90}`, 40] as const));
  });

  it("are read once before and once after the press on Write, in small batches", async () => {
    const { meter } = premiere.ledger;
    await panel.start();
    await panel.numberClips();
    const planned = meter.calls;
    expect(planned).toBeLessThanOrEqual(3 * 2000 + 30);
    await panel.write();
    expect(view.note).toBe("Number clips: done.");
    expect(meter.calls).toBeLessThanOrEqual(7 * 2000 + 60);
    expect(meter.mostAtOnce).toBeLessThanOrEqual(30);
  });

  it("are not read for a change of tab, for findings, or for an export", async () => {
    await panel.start();
    for (let tab = 0; tab < 10; tab += 1) {
      premiere.activate(premiere.sequence);
      await expect.poll(() => view.busy.at(-1)).toBe(false);
    }
    disk.toOpen = { name: "findings.json", text: JSON.stringify(shared) };
    disk.savesTo = "/out/mega.xml";
    await markFindings();
    await panel.exportXml();
    expect(view.problem).toBeNull();
    expect(premiere.ledger.meter.calls).toBeLessThan(200);
  });

  it("need not be waited for: Stop ends the reading, and nothing is written", async () => {
    view.onProgress = () => panel.stop();
    await panel.numberClips();
    expect(view.waited).toEqual({ text: "10 of 2000 clips read", share: 0.005 });
    expect(view).toMatchObject({ note: "Stopped; nothing was written.", plan: null });
    view.onProgress = () => undefined;
    await panel.numberClips();
    view.onProgress = () => panel.stop();
    await panel.write();
    expect(view.note).toBe("Stopped; nothing was written.");
    expect(premiere.ledger.stack).toEqual([]);
  });

  it("that are written but not read again are not called done", async () => {
    await panel.numberClips();
    view.onProgress = () => premiere.ledger.stack.length && panel.stop();
    await panel.write();
    expect(view.problem?.message).toBe("Stopped: “Number clips” is written, but not checked.");
  });
});

describe("findings", () => {
  beforeEach(() => {
    disk.toOpen = { name: "findings.json", text: JSON.stringify(shared) };
    premiere.sequence.markers.put("harbor-clip-1", 0n);
  });

  it("become coloured markers in two undoable steps", async () => {
    await panel.showFindings();
    expect(view.checked).toMatchObject({ notes: [], fixable: 0, report: { sequence: "Mega Asset" } });
    await panel.goTo(at(399));
    expect(premiere.sequence.playhead).toBe(at(399));
    await panel.markFindings();
    expect([view.checked, view.plan?.notes]).toEqual([null, []]);
    await panel.write();
    expect(view.checked).not.toBeNull();
    expect(markers()).toEqual([
      "harbor-clip-1 0",
      "wrong-length (aurora-clip-3) 1",
      "otio-mismatch 4",
    ]);
    expect(premiere.sequence.markers.list[1]?.start).toBe(at(320));
    expect(view.note).toBe("Show findings: done; 2 steps of Edit > Undo.");
    expect([premiere.ledger.undo(), premiere.ledger.undo()]).toEqual([
      "Colour findings",
      "Show findings",
    ]);
    expect(markers()).toEqual(["harbor-clip-1 0"]);
  });

  it("are coloured again where only their colour is lost", async () => {
    await markFindings();
    premiere.ledger.undo();
    await panel.showFindings();
    await panel.markFindings();
    expect(summary(view.plan?.changes ?? [])).toBe("2 markers to colour");
    await panel.write();
    expect(markers()[1]).toBe("wrong-length (aurora-clip-3) 1");
  });

  it("say so where Premiere refuses their colours, and are there without", async () => {
    const { ledger } = premiere;
    const execute = ledger.executeTransaction.bind(ledger);
    ledger.executeTransaction = (callback, label) =>
      label !== "Colour findings" && execute(callback, label);
    await markFindings();
    expect(view.problem?.message).toBe("Premiere refused “Colour findings”: it did not say why.");
    expect(markers()[1]).toBe("wrong-length (aurora-clip-3) 0");
  });

  it("are cleared, and only they", async () => {
    await markFindings();
    await panel.clearFindings();
    expect(summary(view.plan?.changes ?? [])).toBe("2 markers to remove");
    await panel.write();
    expect(markers()).toEqual(["harbor-clip-1 0"]);
    await panel.clearFindings();
    expect(view.note).toBe("Clear findings: nothing to change.");
  });

  it("do not get in the way of numbering", async () => {
    await markFindings();
    await panel.numberClips();
    await panel.write();
    expect(markers()).toContain("wrong-length (aurora-clip-3) 1");
    expect(clips()).toEqual(["harbor-clip-1", "harbor-clip-2", "atlas-clip-1"]);
  });

  it("of another sequence are shown only with a warning", async () => {
    premiere.sequence.name = "Copy";
    await panel.showFindings();
    expect(view.checked?.notes).toHaveLength(1);
    await panel.markFindings();
    expect(view.plan?.notes).toHaveLength(1);
  });

  it("that cannot be read are a problem, and a closed picker is none", async () => {
    disk.toOpen = { name: "mega.xml", text: "<xmeml/>" };
    await panel.showFindings();
    expect(view.problem).toMatchObject({ where: "mega.xml" });
    disk.toOpen = null;
    await panel.showFindings();
    expect([view.problem, view.checked]).toEqual([null, null]);
  });
});

/** What the shared findings are not: all of markers, and one of a clip. */
const MENDABLE = [
  edited("marker-off-cut", 163, [["move-marker", 163, "harbor-clip-2", 160]]),
  edited("marker-missing", 320, [["set-marker", 320, "atlas-clip-1", 320]]),
  edited("gap", 480, [["close-gap", 480, "atlas.mov", 0]]),
];

describe("a check by the service", () => {
  beforeEach(() => {
    premiere.sequence.markers.put("harbor-clip-1", 0n);
    premiere.sequence.markers.put("harbor-clip-2", at(163));
    service.report = { sequence: "Mega Asset", findings: MENDABLE };
  });

  it("sends what Premiere exports, and leaves no file behind", async () => {
    premiere.sequence.name = "Mega Asset – März";
    view.set = { ...view.set, layout: { name: "short.toml", text: "name = 'short'" } };
    await panel.checkSequence();
    expect(service.received).toMatchObject([
      {
        key: "Bearer sz_right",
        assetId: "Mega-Asset-Ma-rz",
        fileName: "Mega Asset – März.xml",
        layout: "name = 'short'",
      },
    ]);
    expect(service.received[0]?.timeline).toContain("<xmeml");
    expect(premiere.disk.size).toBe(0);
    expect(view.checked).toMatchObject({ fixable: 2 });
  });

  it("lets the mechanical findings be mended in one undo", async () => {
    await panel.checkSequence();
    await panel.fixFindings();
    expect(view.plan?.about).toBe("Mends 2 of 3 findings.");
    expect(view.plan?.notes).toEqual(["1 finding left for you: their rows say what to do."]);
    expect(summary(view.plan?.changes ?? [])).toBe("1 marker to add, 1 marker to move");
    await panel.write();
    expect(view).toMatchObject({ note: "Fix findings: done.", plan: null, checked: null });
    const fixed = ["harbor-clip-1 0", "harbor-clip-2 160", "atlas-clip-1 320"];
    expect(framed()).toEqual(fixed);
    expect(premiere.ledger.undo()).toBe("Fix findings");
    expect(framed()).toEqual(["harbor-clip-1 0", "harbor-clip-2 163"]);
  });

  it("can be gone back to from a list of changes, and outlasts markers on its findings", async () => {
    await panel.checkSequence();
    await panel.fixFindings();
    panel.cancel();
    expect([view.plan, view.checked?.fixable]).toEqual([null, 2]);
    await panel.markFindings();
    await panel.write();
    expect(view.checked?.fixable).toBe(2);
    await panel.fixFindings();
    await panel.write();
    expect(view).toMatchObject({ problem: null, note: "Fix findings: done." });
    expect(framed()).toContain("atlas-clip-1 320");
    await panel.checkSequence();
    panel.cancel();
    expect(view.checked).toBeNull();
  });

  it("mends nothing in a sequence that has changed since, or in another one", async () => {
    await panel.checkSequence();
    premiere.sequence.lay([["late.mov", 40]]);
    await panel.fixFindings();
    expect(view.problem).toMatchObject({ fix: "check it again." });
    expect([view.plan, premiere.ledger.stack]).toEqual([null, []]);
    await panel.checkSequence();
    premiere.activate(premiere.newSequence("Other"));
    await panel.fixFindings();
    expect(premiere.ledger.stack).toEqual([]);
  });

  it("without findings says so", async () => {
    service.report = { sequence: "Mega Asset", findings: [] };
    await panel.checkSequence();
    expect([view.note, view.checked]).toEqual(["Checked: no findings.", null]);
  });

  it("needs a service, and a key that can be one", async () => {
    view.set = { ...view.set, service: "" };
    await panel.checkSequence();
    expect(view.problem?.message).toBe("No service is set.");
    view.set = { ...view.set, service: service.address, key: "sz_ \n ü" };
    await panel.checkSequence();
    expect(view.problem).toMatchObject({ where: "Key" });
    expect(service.asked).toEqual([]);
  });

  it("says what to do where the service refuses, and cleans up", async () => {
    service.instead = () => problem(429, "", "", { "retry-after": "3" });
    await panel.checkSequence();
    expect(view.problem?.fix).toBe("try again in 3 seconds.");
    expect(premiere.disk.size).toBe(0);
  });

  it("does not send an export that Premiere has not written", async () => {
    premiere.disk.set("/temporary/sizzle-check.xml", "<old/>");
    premiere.exportAnswer = true;
    await panel.checkSequence();
    expect(view.problem?.message).toContain("the file there is the earlier one");
    expect(service.asked).toEqual([]);
  });

  it("can be stopped", async () => {
    view.onProgress = () => view.waited?.text.startsWith("The service") && panel.stop();
    await panel.checkSequence();
    expect([view.note, view.checked]).toEqual(["Stopped; nothing was written.", null]);
  });

  it("is against the layout that is chosen", async () => {
    disk.toOpen = { name: "short.toml", text: "name = 'short'" };
    await panel.chooseLayout();
    expect(view.set.layout).toEqual(disk.toOpen);
    disk.toOpen = null;
    await panel.chooseLayout();
    expect(view.set.layout?.name).toBe("short.toml");
  });
});

function edited(rule: string, frame: number, edits: readonly (readonly unknown[])[]) {
  const [plain] = shared.findings;
  return {
    ...plain,
    rule,
    frame,
    timecode: new Clock(FRAME, 86_400n * FRAME).timecode(at(frame)),
    edits: edits.map(([operation, where, name, to]) => ({ operation, frame: where, name, to })),
  };
}

function framed(): string[] {
  return premiere.sequence.markers.list
    .filter((each) => each.name.includes("-clip-") && !each.name.includes("("))
    .sort((one, other) => Number(one.start - other.start))
    .map((each) => `${each.name} ${each.start / FRAME}`);
}

describe("exporting", () => {
  it("asks where to, by the sequence's name, and says where it is", async () => {
    premiere.sequence.name = "Sizzles: April/May";
    disk.savesTo = "/out/mega.xml";
    await panel.exportXml();
    expect(disk.suggested).toEqual(["Sizzles- April-May.xml"]);
    expect(premiere.disk.has("/out/mega.xml")).toBe(true);
    expect(view.note).toBe("Exported to /out/mega.xml");
  });

  it("does not believe that an empty file is an export", async () => {
    disk.savesTo = "/out/mega.xml";
    premiere.disk.set("/out/mega.xml", "");
    premiere.exportAnswer = true;
    await panel.exportXml();
    expect(view.problem).toMatchObject({ where: "/out/mega.xml" });
  });

  it("does not believe that the file of an earlier export is a new one", async () => {
    disk.savesTo = "/out/mega.xml";
    await panel.exportXml();
    premiere.exportAnswer = true;
    await panel.exportXml();
    expect(view.problem?.message).toContain("the file there is the earlier one");
    premiere.exportAnswer = null;
    await panel.exportXml();
    expect(view).toMatchObject({ problem: null, note: "Exported to /out/mega.xml" });
  });

  it("says that it is only Premiere's word where the file cannot be looked at", async () => {
    disk.savesTo = "/out/mega.xml";
    premiere.exportAnswer = true;
    await panel.exportXml();
    expect(view.note).toBe("Premiere reports an export to /out/mega.xml");
  });

  it("does nothing where the picker is closed", async () => {
    await panel.exportXml();
    expect([view.note, view.problem, premiere.disk.size]).toEqual(["", null, 0]);
  });
});

describe("the panel", () => {
  it("shows which sequence is active, and drops what it planned for another", async () => {
    await panel.start();
    expect(view.sequence?.name).toBe("Mega Asset");
    await panel.numberClips();
    await panel.refresh();
    expect(view.plan).not.toBeNull();
    premiere.activate(premiere.newSequence("Other"));
    await expect.poll(() => view.sequence?.name).toBe("Other");
    expect(view.plan).toBeNull();
    await panel.write();
    expect(premiere.ledger.stack).toEqual([]);
  });

  it("shows the sequence that was activated while it was busy", async () => {
    await panel.start();
    view.onProgress = () => premiere.activate(premiere.newSequence("Other"));
    await panel.numberClips();
    expect(view.sequence?.name).toBe("Other");
    expect(view.plan).toBeNull();
  });

  it("drops the plan for a sequence whose copy, with the same guid, is activated", async () => {
    await panel.start();
    await panel.numberClips();
    const copy = premiere.newSequence("Copy");
    Object.assign(copy, { id: premiere.sequence.id });
    premiere.activate(copy);
    await expect.poll(() => view.plan).toBeNull();
  });

  it("works where Premiere lets nobody follow its tabs, and says so", async () => {
    premiere.refusesListeners = true;
    await panel.start();
    expect(view.problem?.message).toContain("does not report changes of sequence");
    await panel.numberClips();
    expect(view.plan).not.toBeNull();
  });

  it("says so where nothing is open", async () => {
    premiere.projectOpen = false;
    await panel.refresh();
    expect(view.problem?.message).toBe("No project is open.");
    expect(view.sequence).toBeNull();
  });

  it("does one thing at a time, as UXP may send a click again and again", async () => {
    await Promise.all([panel.numberClips(), panel.numberClips(), panel.write()]);
    expect(view.busy).toEqual([true, false]);
  });

  it("shows errors that nobody foresaw in Premiere's words", async () => {
    premiere.sequence.getTimebase = () => Promise.reject(new Error("Script action failed"));
    await panel.refresh();
    expect(view.problem?.message).toBe("An unexpected error occurred: Script action failed");
    premiere.sequence.getTimebase = () => Promise.reject("odd");
    await panel.refresh();
    expect(view.problem?.message).toMatch(/: odd$/);
  });
});
