/** The panel's face: plain HTML that UXP and browsers both show. */

import { type Change, describe, nameOf, placeOf, summary } from "./changes";
import type { Checked } from "./checking";
import type { Finding } from "./findings";
import type { ChosenFile } from "./host";
import { SettingsStore } from "./kept";
import type { Panel, View, Waited } from "./panel";
import type { Plan } from "./plan";
import type { Problem } from "./problem";
import { lineOf, type Row, RowList } from "./rows";
import type { Sequence } from "./sequence";
import type { Settings } from "./settings";
import type { TitleRule } from "./titles";
import { plural } from "./words";

const SETTINGS = ["track", "titles-by", "pattern", "title", "rename-clips", "service", "key"];

/** The elements of index.html, and what they show. */
export class DocumentView implements View {
  private onRow: (time: bigint) => unknown = () => undefined;
  private layout: ChosenFile | null = null;
  private readonly changeRows: RowList;
  private readonly findingRows: RowList;

  /** @param kept - where settings are kept from one start to the next. */
  constructor(
    private readonly document: Document,
    private readonly kept = new SettingsStore(null, null),
  ) {
    const list = (id: string) => new RowList(document, this.find(id), (time) => this.onRow(time));
    this.changeRows = list("plan-list");
    this.findingRows = list("report-list");
  }

  /** Let the buttons do what the panel does. */
  connect(panel: Panel): void {
    this.onClick("number-clips", () => panel.numberClips());
    this.onClick("check-sequence", () => panel.checkSequence());
    this.onClick("show-findings", () => panel.showFindings());
    this.onClick("clear-findings", () => panel.clearFindings());
    this.onClick("export-xml", () => panel.exportXml());
    this.onClick("choose-layout", () => panel.chooseLayout());
    this.onClick("default-layout", () => this.setLayout(null));
    this.onClick("fix-findings", () => panel.fixFindings());
    this.onClick("mark-findings", () => panel.markFindings());
    this.onClick("close-report", () => panel.cancel());
    this.onClick("write", () => panel.write());
    this.onClick("cancel", () => panel.cancel());
    this.onClick("stop", () => panel.stop());
    this.onRow = (time) => panel.goTo(time);
    this.restore();
    this.showFields();
    for (const id of SETTINGS) {
      this.find(id).addEventListener("change", () => this.changed(id, panel));
    }
  }

  settings(): Settings {
    return {
      track: Number(this.input("track").value),
      titlesBy: this.input("titles-by").value as TitleRule["by"],
      pattern: this.input("pattern").value,
      title: this.input("title").value,
      renameClips: this.input("rename-clips").checked,
      service: this.input("service").value,
      key: this.input("key").value,
      layout: this.layout,
    };
  }

  showBusy(busy: boolean): void {
    // Buttons are not disabled: once they were, UXP no longer reaches them with the Tab key.
    this.document.body.classList.toggle("busy", busy);
  }

  showSequence(sequence: Sequence | null): void {
    this.find("sequence").textContent = sequence?.name ?? "No sequence";
    this.find("details").textContent = sequence ? details(sequence) : "";
    if (sequence) this.showTracks(sequence);
  }

  showPlan(plan: Plan | null): void {
    this.showPane("plan", plan !== null);
    if (!plan) return;
    this.find("plan-title").textContent = plan.title;
    this.find("write").textContent = `Write ${plural(plan.changes.length, "change")}`;
    this.fill("plan-notes", [
      this.line(`${plan.about} ${summary(plan.changes)}.`.trim()),
      ...plan.notes.map((note) => this.line(note, "warn")),
    ]);
    const rows = plan.changes.map((change) => changeRow(change, plan.sequence));
    this.changeRows.fill(rows, (rest) => `and ${plural(rest, "more change")}`);
  }

  showReport(checked: Checked | null): void {
    this.showPane("report", checked !== null);
    if (!checked) return;
    const { findings } = checked.report;
    this.find("report-title").textContent = plural(findings.length, "finding");
    this.find("fix-findings").textContent = `Fix ${checked.fixable}…`;
    this.show("fix-findings", checked.fixable > 0);
    this.fill("report-notes", checked.notes.map((note) => this.line(note, "warn")));
    const rows = findings.map((finding) => findingRow(finding, checked.sequence));
    this.findingRows.fill(rows, (rest) => `and ${plural(rest, "more finding")}`);
  }

  setLayout(layout: ChosenFile | null): void {
    this.layout = layout;
    this.find("choose-layout").textContent = `Layout: ${layout?.name ?? "default"}…`;
    this.show("default-layout", layout !== null);
    this.kept.keep(this.settings());
  }

  showProgress(waited: Waited | null): void {
    this.show("progress", waited !== null);
    if (!waited) return;
    this.find("progress-text").textContent = waited.text;
    this.show("progress-track", waited.share !== null);
    this.find("progress-bar").style.width = `${Math.floor(100 * (waited.share ?? 0))}%`;
  }

  /** Show why the panel cannot work at all; no button is left that does nothing. */
  showUnusable(problem: Problem): void {
    this.showProblem(problem);
    this.show("controls", false);
  }

  showProblem({ message, where, fix }: Problem): void {
    this.find("message").className = "message bad";
    this.fill("message", [
      this.line(message),
      ...(where ? [this.line(where, "faint")] : []),
      this.line(`Fix: ${fix}`),
    ]);
  }

  showNote(text: string): void {
    this.find("message").className = text ? "message" : "message hidden";
    this.fill("message", [this.line(text)]);
  }

  private showFields(): void {
    const { titlesBy } = this.settings();
    this.show("pattern-field", titlesBy === "pattern");
    this.show("title-field", titlesBy === "selection");
  }

  private changed(id: string, panel: Panel): void {
    this.showFields();
    if (id === "key") this.kept.keepKey(this.input("key").value);
    else this.kept.keep(this.settings());
    panel.cancel();
    if (id === "track") void panel.refresh();
  }

  /** Set what was set before. The track is not: another sequence may not have it. */
  private restore(): void {
    const { titlesBy, pattern, renameClips, service, layout } = this.kept.settings();
    const options = [...this.find("titles-by").children].map((each) => each.getAttribute("value"));
    if (titlesBy && options.includes(titlesBy)) this.input("titles-by").value = titlesBy;
    if (pattern !== undefined) this.input("pattern").value = pattern;
    if (renameClips !== undefined) this.input("rename-clips").checked = renameClips;
    // An address that was emptied is again the one that the panel was written for.
    if (service) this.input("service").value = service;
    if (layout) this.setLayout(layout);
    void this.kept.key().then((key) => {
      if (!this.input("key").value) this.input("key").value = key;
    });
  }

  /** One pane at a time: a small panel has no room for more. */
  private showPane(id: "plan" | "report", shown: boolean): void {
    this.show(id, shown);
    const isHidden = (pane: string) => this.find(pane).classList.contains("hidden");
    this.show("controls", isHidden("plan") && isHidden("report"));
  }

  private showTracks({ tracks, track }: Sequence): void {
    const options = tracks.map((name, index) => {
      const option = this.document.createElement("option");
      option.setAttribute("value", String(index + 1));
      if (index + 1 === track) option.setAttribute("selected", "");
      const short = `V${index + 1}`;
      option.textContent = name && !name.endsWith(String(index + 1)) ? `${short} ${name}` : short;
      return option;
    });
    this.fill("track", options);
  }

  private line(text: string, className = ""): HTMLElement {
    return lineOf(this.document, [text, className]);
  }

  private onClick(id: string, work: () => unknown): void {
    this.find(id).addEventListener("click", () => void work());
  }

  private show(id: string, shown: boolean): void {
    this.find(id).classList.toggle("hidden", !shown);
  }

  private fill(id: string, children: readonly HTMLElement[]): void {
    this.find(id).replaceChildren(...children);
  }

  private input(id: string): HTMLInputElement {
    return this.find(id) as HTMLInputElement;
  }

  private find(id: string): HTMLElement {
    const element = this.document.getElementById(id);
    if (!element) throw new Error(`index.html has no element #${id}`);
    return element;
  }
}

function changeRow(change: Change, sequence: Sequence): Row {
  const time = placeOf(change);
  const comments = "comments" in change ? [[change.comments, "comments"] as const] : [];
  return {
    time,
    timecode: sequence.clock.timecode(time),
    lines: [[nameOf(change), ""], [describe(change, sequence), change.kind], ...comments],
  };
}

/** What is found, and what to do about it: the advice, where the panel cannot fix it. */
function findingRow(finding: Finding, { clock }: Sequence): Row {
  const { rule, clip, severity, frame, timecode, expected, found, fix } = finding;
  return {
    time: clock.ticks(frame),
    timecode,
    lines: [
      [clip ? `${rule}: ${clip}` : rule, severity],
      [`Expected ${expected}; found ${found}.`, ""],
      [`Fix: ${fix}`, "faint"],
    ],
  };
}

function details({ clock, clipCount, track }: Sequence): string {
  const found = `${plural(clipCount, "clip")} on V${track}`;
  return `${clock.rate} fps from ${clock.timecode(0n)}, ${found}`;
}
