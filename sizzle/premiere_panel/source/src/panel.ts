/** What the panel's buttons do. */

import { parseReport } from "./findings";
import type { Files, Host } from "./host";
import { carryOut, isEmpty, type Plan, planClearing, planFindings, planNumbering } from "./plan";
import { asProblem, Problem } from "./problem";
import type { Sequence } from "./sequence";
import { compilePattern, type TitleRule } from "./titles";

/** What the editor has set in the panel. */
export interface Settings {
  /** 1 for V1. */
  readonly track: number;
  readonly titlesBy: TitleRule["by"];
  readonly pattern: string;
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
  showProblem(problem: Problem): void;
  /** Say something in place of what was said before; an empty text says nothing. */
  showNote(text: string): void;
}

/** The panel: each button reads the sequence, shows what would change, and waits for a yes. */
export class Panel {
  private plan: Plan | null = null;
  private active = "";
  private busy = false;

  constructor(
    private readonly host: Host,
    private readonly files: Files,
    private readonly view: View,
  ) {
    host.onActivated(() => void this.refresh());
  }

  /** Show which sequence is active. What was said and planned for another one goes. */
  refresh(): Promise<void> {
    return this.attempt(async () => {
      const before = this.active;
      await this.read();
      if (this.active !== before) this.startAnew();
    });
  }

  /** «Number clips» */
  numberClips(): Promise<void> {
    return this.press(async () => {
      const settings = this.view.settings();
      const options = { rule: titleRule(settings), renameClips: settings.renameClips };
      this.propose(planNumbering(await this.read(), options));
    });
  }

  /** «Show findings…» */
  showFindings(): Promise<void> {
    return this.press(async () => {
      const file = await this.files.chooseFindings();
      if (!file) return;
      const report = parseReport(file.text, file.name);
      this.propose(planFindings(await this.read(), report));
    });
  }

  /** «Clear findings» */
  clearFindings(): Promise<void> {
    return this.press(async () => this.propose(planClearing(await this.read())));
  }

  /** «Export XML…» */
  exportXml(): Promise<void> {
    return this.press(async () => {
      const sequence = await this.read();
      const destination = await this.files.chooseDestination(fileName(sequence.name));
      if (!destination) return;
      await this.host.exportXml(sequence, destination.path);
      this.view.showNote(exported(destination.path, await destination.size()));
    });
  }

  /** «Write»: carry out what is shown. */
  write(): Promise<void> {
    const plan = this.plan;
    return this.press(async () => {
      if (!plan) return;
      const done = await carryOut(this.host, plan);
      await this.read();
      this.view.showNote(done);
    });
  }

  /** «Cancel», or settings that what is shown was not made with. */
  cancel(): void {
    this.startAnew();
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
    this.setBusy(true);
    try {
      await work();
    } catch (error) {
      this.view.showProblem(asProblem(error));
    } finally {
      this.setBusy(false);
    }
  }

  private async read(): Promise<Sequence> {
    try {
      const sequence = await this.host.read(this.view.settings().track);
      this.active = sequence.id;
      this.view.showSequence(sequence);
      return sequence;
    } catch (error) {
      this.active = "";
      this.view.showSequence(null);
      throw error;
    }
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

function titleRule({ titlesBy, pattern }: Settings): TitleRule {
  if (titlesBy === "pattern") return { by: "pattern", pattern: compilePattern(pattern) };
  return { by: titlesBy };
}

/** A name that every disk takes. */
function fileName(sequenceName: string): string {
  return `${sequenceName.replace(/[\\/:*?"<>|\p{Cc}]/gu, "-").trim() || "sequence"}.xml`;
}

/** What to say of an export. @throws {Problem} the file is empty. */
function exported(path: string, size: number | null): string {
  if (size === null) return `Premiere reports an export to ${path}`;
  if (size) return `Exported to ${path}`;
  throw new Problem("Premiere reported an export, but the file is empty.", {
    where: path,
    fix: "choose another folder, or use File > Export > Final Cut Pro XML.",
  });
}
