/** The panel's face: plain HTML that UXP and browsers both show. */

import { type Change, describe, nameOf, placeOf, summary } from "./changes";
import type { KeptTexts } from "./host";
import type { Panel, Settings, View } from "./panel";
import type { Plan } from "./plan";
import type { Problem } from "./problem";
import type { Sequence } from "./sequence";
import type { TitleRule } from "./titles";
import { plural } from "./words";

const ROWS_SHOWN = 200; // UXP lays out every row that there is; the counts above tell the rest

const KEPT = "dynamic-sizzles.settings";

/** The elements of index.html, and what they show. */
export class DocumentView implements View {
  private onRow: (time: bigint) => unknown = () => undefined;

  /** @param kept - where settings are kept from one start to the next. */
  constructor(
    private readonly document: Document,
    private readonly kept: KeptTexts | null = null,
  ) {}

  /** Let the buttons do what the panel does. */
  connect(panel: Panel): void {
    this.onClick("number-clips", () => panel.numberClips());
    this.onClick("show-findings", () => panel.showFindings());
    this.onClick("clear-findings", () => panel.clearFindings());
    this.onClick("export-xml", () => panel.exportXml());
    this.onClick("write", () => panel.write());
    this.onClick("cancel", () => panel.cancel());
    this.onClick("stop", () => panel.stop());
    this.onRow = (time) => panel.goTo(time);
    this.restore();
    this.showFields();
    for (const id of ["track", "titles-by", "pattern", "title", "rename-clips"]) {
      this.find(id).addEventListener("change", () => {
        this.showFields();
        this.keep();
        panel.cancel();
        if (id === "track") void panel.refresh();
      });
    }
  }

  settings(): Settings {
    return {
      track: Number(this.input("track").value),
      titlesBy: this.input("titles-by").value as TitleRule["by"],
      pattern: this.input("pattern").value,
      title: this.input("title").value,
      renameClips: this.input("rename-clips").checked,
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
    this.show("plan", plan !== null);
    // One or the other: a small panel has no room for both.
    this.show("controls", plan === null);
    if (!plan) return;
    this.find("plan-title").textContent = plan.title;
    this.find("write").textContent = `Write ${plural(plan.changes.length, "change")}`;
    this.fill("plan-notes", [
      this.line(`${plan.about} ${summary(plan.changes)}.`.trim()),
      ...plan.notes.map((note) => this.line(note, "warn")),
    ]);
    this.fill("plan-list", this.rows(plan));
  }

  showProgress(progress: { readonly done: number; readonly total: number } | null): void {
    this.show("progress", progress !== null);
    if (!progress) return;
    const { done, total } = progress;
    this.find("progress-text").textContent = `${done} of ${plural(total, "clip")} read`;
    this.find("progress-bar").style.width = `${Math.floor((100 * done) / total)}%`;
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

  private keep(): void {
    try {
      this.kept?.setItem(KEPT, JSON.stringify(this.settings()));
    } catch {
      // Settings that cannot be kept are set again; the panel works all the same.
    }
  }

  /** Set what was set before. The track is not: another sequence may not have it. */
  private restore(): void {
    const { titlesBy, pattern, renameClips } = keptSettings(this.kept);
    const options = [...this.find("titles-by").children].map((each) => each.getAttribute("value"));
    if (titlesBy && options.includes(titlesBy)) this.input("titles-by").value = titlesBy;
    if (typeof pattern === "string") this.input("pattern").value = pattern;
    if (typeof renameClips === "boolean") this.input("rename-clips").checked = renameClips;
  }

  private rows({ changes, sequence }: Plan): HTMLElement[] {
    const rows = changes.slice(0, ROWS_SHOWN).map((change) => this.row(change, sequence));
    const rest = changes.length - rows.length;
    return rest > 0 ? [...rows, this.line(`and ${plural(rest, "more change")}`, "faint")] : rows;
  }

  private row(change: Change, sequence: Sequence): HTMLElement {
    const row = this.document.createElement("div");
    row.addEventListener("click", () => void this.onRow(placeOf(change)));
    row.append(
      this.line(sequence.clock.timecode(placeOf(change)), "timecode"),
      this.stack(
        this.line(nameOf(change)),
        this.line(describe(change, sequence), change.kind),
        ...("comments" in change ? [this.line(change.comments, "comments")] : []),
      ),
    );
    return row;
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

  private stack(...lines: HTMLElement[]): HTMLElement {
    const stack = this.document.createElement("div");
    stack.append(...lines);
    return stack;
  }

  private line(text: string, className = ""): HTMLElement {
    const line = this.document.createElement("div");
    line.className = className;
    line.textContent = text;
    return line;
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

function keptSettings(kept: KeptTexts | null): Partial<Settings> {
  try {
    return (JSON.parse(kept?.getItem(KEPT) ?? "{}") ?? {}) as Partial<Settings>;
  } catch {
    return {};
  }
}

function details({ clock, clipCount, track }: Sequence): string {
  const found = `${plural(clipCount, "clip")} on V${track}`;
  return `${clock.rate} fps from ${clock.timecode(0n)}, ${found}`;
}
