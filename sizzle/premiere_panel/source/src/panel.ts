/** What the panel's buttons do. */

import { type Checked, checkedReport, checkSequence, refuseChanged } from "./checking";
import { exported, fileName } from "./export";
import { parseReport, type Report } from "./findings";
import type { ChosenFile, Detail, Files, Host, Progress, Service } from "./host";
import {
  carryOut,
  isEmpty,
  type Plan,
  planClearing,
  planFindings,
  planFixing,
  planNumbering,
} from "./plan";
import { asProblem, Problem, Stopped } from "./problem";
import type { Sequence } from "./sequence";
import { type Settings, titleRule } from "./settings";
import { plural } from "./words";

/** What the panel is waiting for; the share that is done, from 0 to 1, where it is known. */
export interface Waited {
  readonly text: string;
  readonly share: number | null;
}

/** What the panel shows itself on. */
export interface View {
  settings(): Settings;
  showBusy(busy: boolean): void;
  /** Show which sequence is active; null where none is. */
  showSequence(sequence: Sequence | null): void;
  /** Show what would be written; null shows nothing. */
  showPlan(plan: Plan | null): void;
  /** Show the findings of a check as rows; null shows nothing. */
  showReport(checked: Checked | null): void;
  /** Show the layout that sequences are checked against, and keep it; null is the default. */
  setLayout(layout: ChosenFile | null): void;
  /** Show what is being waited for; null where nothing is. */
  showProgress(waited: Waited | null): void;
  showProblem(problem: Problem): void;
  /** Say something in place of what was said before; an empty text says nothing. */
  showNote(text: string): void;
}

/** The panel: each button reads the sequence, shows what would change, and waits for a yes. */
export class Panel {
  private plan: Plan | null = null;
  private checked: Checked | null = null;
  private active = "";
  private busy = false;
  private stopping = false;
  /** Another sequence was activated while the panel was busy. */
  private missed = false;

  constructor(
    private readonly host: Host,
    private readonly files: Files,
    private readonly service: Service,
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
      const rule = await titleRule(settings, this.files, this.host, this.progress);
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
      this.showReport(checkedReport(await this.read("outline"), report, null));
    });
  }

  /** «Check sequence»: have the service check it, as it is now. */
  checkSequence(): Promise<void> {
    return this.press(async () => {
      const settings = this.view.settings();
      const { host, files, service, waiting } = this;
      const sequence = await this.read("outline");
      const report = await checkSequence({ host, files, service }, sequence, settings, waiting);
      this.showReport(checkedReport(sequence, report, sequence));
    });
  }

  /** «Layout…» */
  chooseLayout(): Promise<void> {
    return this.attempt(async () => {
      const file = await this.files.chooseLayout();
      if (file) this.view.setLayout(file);
    });
  }

  /** «Fix…»: mend the findings that are of markers alone. */
  fixFindings(): Promise<void> {
    return this.withReport((sequence, report) => planFixing(sequence, report));
  }

  /** «Mark…»: a marker on each finding. */
  markFindings(): Promise<void> {
    return this.withReport((sequence, report) => planFindings(sequence, report));
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
    const { plan, checked } = this;
    return this.press(async () => {
      if (!plan) return;
      const { note, sequence } = await carryOut(this.host, plan, this.progress);
      this.show(sequence);
      // What is fixed is no longer found; markers on findings leave them as they are.
      if (checked && plan.keepsFindings) this.showReport(checked);
      this.view.showNote(note);
    });
  }

  /** «Cancel», or settings that what is shown was not made with: back to what was before. */
  cancel(): void {
    const { plan, checked } = this;
    this.startAnew();
    if (plan && checked) this.showReport(checked);
  }

  /** A press on a row of a list. */
  goTo(time: bigint): Promise<void> {
    const sequence = (this.plan ?? this.checked)?.sequence;
    return this.attempt(async () => {
      if (sequence) await this.host.movePlayhead(sequence, time);
    });
  }

  /** «Stop»: read no further. A transaction that has begun is not interrupted. */
  stop(): void {
    this.stopping = true;
  }

  private readonly progress: Progress = (done, total) =>
    this.wait({ text: `${done} of ${plural(total, "clip")} read`, share: done / total });

  private readonly waiting = (text: string): void => this.wait({ text, share: null });

  private wait(waited: Waited): void {
    this.view.showProgress(waited);
    if (this.stopping) throw new Stopped();
  }

  /** A plan for the sequence that was checked, as long as it is still as it was. */
  private withReport(planned: (sequence: Sequence, report: Report) => Plan): Promise<void> {
    const { checked } = this;
    return this.attempt(async () => {
      if (!checked) return;
      this.view.showNote("");
      const sequence = await this.read("outline");
      refuseChanged(checked, sequence);
      this.propose(planned(sequence, checked.report));
    });
  }

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

  private showReport(checked: Checked): void {
    this.checked = checked;
    if (checked.report.findings.length) this.view.showReport(checked);
    else this.view.showNote("Checked: no findings.");
  }

  private propose(plan: Plan): void {
    this.plan = isEmpty(plan) ? null : plan;
    if (this.plan) this.view.showReport(null);
    if (this.plan) this.view.showPlan(plan);
    else this.view.showNote(`${plan.title}: nothing to change.`);
  }

  private startAnew(): void {
    this.plan = null;
    this.checked = null;
    this.view.showPlan(null);
    this.view.showReport(null);
    this.view.showNote("");
  }

  private setBusy(busy: boolean): void {
    this.busy = busy;
    this.view.showBusy(busy);
  }
}
