/** What the panel's buttons do. */

import { parseReport } from "./findings";
import type { Detail, Files, FileState, Host, Progress } from "./host";
import { isTitleId } from "./key";
import { carryOut, isEmpty, type Plan, planClearing, planFindings, planNumbering } from "./plan";
import { asProblem, Problem, Stopped } from "./problem";
import type { Sequence } from "./sequence";
import { parseSheet } from "./sheet";
import { compilePattern, type TitleRule } from "./titles";

/** What the editor has set in the panel. */
export interface Settings {
  /** 1 for V1. */
  readonly track: number;
  readonly titlesBy: TitleRule["by"];
  readonly pattern: string;
  /** The title of the selected clips, where titles go by them. */
  readonly title: string;
  readonly renameClips: boolean;
}

/** What the panel shows itself on. */
export interface View {
  settings(): Settings;
  showBusy(busy: boolean): void;
  /** Show which sequence is active; null where none is. */
  showSequence(sequence: Sequence | null): void;
  /** Show what would be written; null shows nothing. */
  showPlan(plan: Plan | null): void;
  /** Show how many clips are read, of how many; null where nothing is being read. */
  showProgress(progress: { readonly done: number; readonly total: number } | null): void;
  showProblem(problem: Problem): void;
  /** Say something in place of what was said before; an empty text says nothing. */
  showNote(text: string): void;
}

/** The panel: each button reads the sequence, shows what would change, and waits for a yes. */
export class Panel {
  private plan: Plan | null = null;
  private active = "";
  private busy = false;
  private stopping = false;
  /** Another sequence was activated while the panel was busy. */
  private missed = false;

  constructor(
    private readonly host: Host,
    private readonly files: Files,
    private readonly view: View,
  ) {}

  /** Show the active sequence from now on. The buttons work even where that cannot be followed. */
  async start(): Promise<void> {
    const refused = this.follow();
    await this.refresh();
    if (refused) this.view.showProblem(refused);
  }

  /** Show which sequence is active. What was said and planned for another one goes. */
  refresh(): Promise<void> {
    return this.attempt(async () => {
      const before = this.active;
      await this.read("outline");
      if (this.active !== before) this.startAnew();
    });
  }

  /** «Number clips» */
  numberClips(): Promise<void> {
    return this.press(async () => {
      const settings = this.view.settings();
      const rule = await this.titleRule(settings);
      if (!rule) return;
      const options = { rule, renameClips: settings.renameClips };
      this.propose(planNumbering(await this.read("clips"), options));
    });
  }

  /** «Show findings…» */
  showFindings(): Promise<void> {
    return this.press(async () => {
      const file = await this.files.chooseFindings();
      if (!file) return;
      const report = parseReport(file.text, file.name);
      this.propose(planFindings(await this.read("outline"), report));
    });
  }

  /** «Clear findings» */
  clearFindings(): Promise<void> {
    return this.press(async () => this.propose(planClearing(await this.read("outline"))));
  }

  /** «Export XML…» */
  exportXml(): Promise<void> {
    return this.press(async () => {
      const sequence = await this.read("outline");
      const destination = await this.files.chooseDestination(fileName(sequence.name));
      if (!destination) return;
      const before = await destination.state();
      await this.host.exportXml(sequence, destination.path);
      this.view.showNote(exported(destination.path, before, await destination.state()));
    });
  }

  /** «Write»: carry out what is shown. */
  write(): Promise<void> {
    const plan = this.plan;
    return this.press(async () => {
      if (!plan) return;
      const { note, sequence } = await carryOut(this.host, plan, this.progress);
      this.show(sequence);
      this.view.showNote(note);
    });
  }

  /** «Cancel», or settings that what is shown was not made with. */
  cancel(): void {
    this.startAnew();
  }

  /** A press on a row of the list. */
  goTo(time: bigint): Promise<void> {
    const plan = this.plan;
    return this.attempt(async () => {
      if (plan) await this.host.movePlayhead(plan.sequence, time);
    });
  }

  /** «Stop»: read no further. A transaction that has begun is not interrupted. */
  stop(): void {
    this.stopping = true;
  }

  private readonly progress: Progress = (done, total) => {
    this.view.showProgress({ done, total });
    if (this.stopping) throw new Stopped();
  };

  private follow(): Problem | null {
    try {
      this.host.onActivated(() => this.activated());
      return null;
    } catch (error) {
      return new Problem(`Premiere does not report changes of sequence: ${asProblem(error).message}`, {
        fix: "go on; each button reads the sequence that is active when you press it.",
      });
    }
  }

  private activated(): void {
    if (this.busy) this.missed = true;
    else void this.refresh();
  }

  private press(work: () => Promise<void>): Promise<void> {
    return this.attempt(async () => {
      this.startAnew();
      await work();
    });
  }

  /** One thing at a time: a picker opened by a button can make UXP send the click again. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.stopping = false;
    this.setBusy(true);
    try {
      await work();
    } catch (error) {
      if (error instanceof Stopped) this.view.showNote("Stopped; nothing was written.");
      else this.view.showProblem(asProblem(error));
    } finally {
      this.view.showProgress(null);
      this.setBusy(false);
    }
    if (!this.missed) return;
    this.missed = false;
    await this.refresh();
  }

  /** Null where the editor closes a picker without choosing. */
  private async titleRule({ track, titlesBy, pattern, title }: Settings): Promise<TitleRule | null> {
    if (titlesBy === "pattern") return { by: "pattern", pattern: compilePattern(pattern) };
    if (titlesBy === "sheet") {
      const file = await this.files.chooseSheet();
      return file && { by: "sheet", titles: parseSheet(file.text, file.name) };
    }
    if (titlesBy !== "selection") return { by: titlesBy };
    const titleId = checkedTitle(title);
    const starts = await this.host.selectedStarts(track, this.progress);
    if (!starts.size) {
      throw new Problem(`No clip on V${track} is selected.`, {
        fix: "select the clips of one title in the timeline.",
      });
    }
    return { by: "selection", titleId, starts };
  }

  private async read(detail: Detail): Promise<Sequence> {
    try {
      const { track } = this.view.settings();
      return this.show(await this.host.read(track, detail, this.progress));
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.active = "";
      this.view.showSequence(null);
      throw error;
    }
  }

  private show(sequence: Sequence): Sequence {
    // With the name, as the copies of a project have equal ids.
    this.active = `${sequence.id} ${sequence.name}`;
    this.view.showSequence(sequence);
    return sequence;
  }

  private propose(plan: Plan): void {
    this.plan = isEmpty(plan) ? null : plan;
    if (this.plan) this.view.showPlan(plan);
    else this.view.showNote(`${plan.title}: nothing to change.`);
  }

  private startAnew(): void {
    this.plan = null;
    this.view.showPlan(null);
    this.view.showNote("");
  }

  private setBusy(busy: boolean): void {
    this.busy = busy;
    this.view.showBusy(busy);
  }
}

function checkedTitle(text: string): string {
  const titleId = text.trim();
  if (isTitleId(titleId)) return titleId;
  throw new Problem(titleId ? `“${titleId}” is no title id.` : "The title id is missing.", {
    where: "Title id",
    fix: "enter letters, digits, '.', '_' and '-', such as midnight-harbor.",
  });
}

/** A name that every disk takes. */
function fileName(sequenceName: string): string {
  return `${sequenceName.replace(/[\\/:*?"<>|\p{Cc}]/gu, "-").trim() || "sequence"}.xml`;
}

/** What to say of an export. @throws {Problem} the file is not a new one, or it is empty. */
function exported(path: string, before: FileState | null, after: FileState | null): string {
  if (!after || Number.isNaN(after.modified)) return `Premiere reports an export to ${path}`;
  if (before?.modified === after.modified) {
    throw noExport(path, "the file there is the earlier one, unchanged");
  }
  if (!after.size) throw noExport(path, "the file is empty");
  return `Exported to ${path}`;
}

function noExport(path: string, why: string): Problem {
  return new Problem(`Premiere reported an export, but ${why}.`, {
    where: path,
    fix: "choose another folder, or use File > Export > Final Cut Pro XML.",
  });
}
