// The page: two halves, one clock, and the user's commands.

import { Clock, type State } from "./clock";
import { cutAt, nextJoin, nextOfRank, previousJoin } from "./cuts";
import type { Outbox } from "./events/outbox";
import { Half } from "./half";
import { listen, type Command } from "./keys";
import { Learning } from "./learning";
import { addressWith, type Session } from "./session";
import { find, make } from "./view/dom";
import { makeHelp } from "./view/help";
import { Lanes } from "./view/lanes";
import { CutList } from "./view/list";
import { PaneView } from "./view/pane";
import { Panels } from "./view/panels";
import { Settings } from "./view/settings";
import { TitleView } from "./view/title";
import { Transport } from "./view/transport";
import { WhyView } from "./view/why";
import type { Choices, Reel } from "./wire";

const REPORT_EVERY = 500; // ms

export class App {
  readonly #clock = new Clock((frame, state) => this.#show(frame, state));
  readonly #lanes = new Lanes((frame) => this.#clock.seek(frame));
  readonly #transport = new Transport((command) => this.#do(command));
  readonly #settings = new Settings((name, value) => this.#set(name, value));
  readonly #help = makeHelp();
  readonly #title = new TitleView((frame) => this.#to(frame));
  readonly #panels = new Panels();
  readonly #why = new WhyView(() => this.#toggleWhy());
  readonly #learning: Learning;
  readonly #halves = [this.#half(0), this.#half(1)] as const;
  #loads = 0;

  constructor(
    readonly choices: Choices,
    readonly session: Session,
  ) {
    this.#learning = new Learning(session, () => this.#halves, this.#panels, () => void this.#playNext());
    this.#settings.fill(choices, session);
    find("#members").replaceChildren(...choices.members.ids.map(optionOf));
    find("#panes").replaceChildren(...this.#halves.map((half) => half.pane.element));
    find("#lists").replaceChildren(...this.#halves.map((half) => half.list.element));
    this.#makeTabs();
    listen({ command: (command) => this.#do(command), rank: (rank) => this.#toRank(rank) });
    setInterval(() => this.#report(), REPORT_EVERY);
  }

  /** Load one half again, or both. */
  async load(side?: 0 | 1): Promise<void> {
    const load = ++this.#loads;
    history.replaceState(null, "", addressWith(this.session, location.href));
    const frame = this.#clock.frames ? this.#clock.frame : 0;
    this.#clock.release();
    const wanted = this.#halves.filter((half) => side === undefined || half.side === side);
    await Promise.all(wanted.map((half) => half.load(this.session)));
    if (load === this.#loads) this.#take(frame);
  }

  #half(side: 0 | 1): Half {
    const pane = new PaneView(side, {
      onMember: (member) => this.#choose(side, member),
      onRetry: () => void this.load(side),
      onTitle: (rank) => this.#openTitle(side, rank),
    });
    const list = new CutList((frame) => this.#clock.seek(frame));
    const outbox = (): Outbox | undefined => (this.#learning.on ? this.#learning.outbox : undefined);
    return new Half(side, pane, list, () => this.#changed(side), outbox);
  }

  #changed(side: 0 | 1): void {
    const half = this.#halves[side];
    this.#lanes.draw(side, half.reel);
    this.#learning.offer(half.reel);
    this.#why.draw(side, half.reel);
    if (half.reel) this.#transport.draw(half.reel);
    if (half.engine) this.#settings.sizes(half.engine.sizes, this.session.quality);
    this.#nameTabs();
    document.body.toggleAttribute("data-empty", !this.#reel);
    if (!half.reel) this.#take(this.#clock.frames ? this.#clock.frame : 0);
  }

  /** Give the clock what can be played; reels of one cadence are equally long. */
  #take(frame: number): void {
    const playing = this.#halves.filter((half) => half.reel);
    const reel = this.#reel;
    if (!reel) return this.#clock.release();
    this.#clock.take(
      playing.map((half) => half.pane.video),
      reel.rate,
      Math.min(...playing.map((half) => half.reel?.duration.frame ?? 0)),
      Math.min(frame, reel.duration.frame - 1),
    );
  }

  get #reel(): Reel | undefined {
    return this.#halves.find((half) => half.reel)?.reel;
  }

  #choose(side: 0 | 1, member: string): void {
    if (!member) return;
    this.session.members[side] = member;
    void this.load(side);
  }

  #set(name: keyof Session, value: string): void {
    if (name === "members") return;
    Object.assign(this.session, { [name]: value });
    this.#settings.set(name, value);
    if (name !== "quality") return void this.load();
    for (const half of this.#halves) half.engine?.choose(value);
    history.replaceState(null, "", addressWith(this.session, location.href));
    this.#announce(`Quality: ${value}`);
  }

  #show(frame: number, state: State): void {
    this.#transport.show(frame, state);
    this.#lanes.show(frame);
    for (const half of this.#halves) half.show(frame);
    if (state === "ended") this.#ended();
  }

  #ended(): void {
    for (const half of this.#halves) half.viewing?.completed();
    if (this.#learning.on && this.#reel?.event_token) void this.#learning.open();
  }

  async #playNext(): Promise<void> {
    this.#clock.release();
    await this.load();
    this.#to(0);
    this.#clock.play();
  }

  #openTitle(side: 0 | 1, rank: number): void {
    const { reel, viewing } = this.#halves[side];
    if (!reel) return;
    this.#title.open(reel, rank);
    viewing?.opened(reel.cuts.find((cut) => cut.rank === rank)?.title_id ?? "");
  }

  #report(): void {
    this.#halves.forEach((half, index) => {
      half.pane.report(half.engine, index ? this.#clock.difference : undefined);
    });
  }

  #do(command: Command): void {
    const { frame, frames } = this.#clock;
    const cuts = this.#reel?.cuts ?? [];
    const second = Math.round(this.#clock.rate.numerator / this.#clock.rate.denominator);
    const commands: Record<Command, () => void> = {
      play: () => this.#clock.toggle(),
      back: () => this.#clock.step(-1),
      forward: () => this.#clock.step(1),
      "back-second": () => this.#clock.seek(frame - second),
      "forward-second": () => this.#clock.seek(frame + second),
      previous: () => this.#to(previousJoin(cuts, frame)),
      next: () => this.#to(nextJoin(cuts, frame)),
      start: () => this.#to(0),
      end: () => this.#to(frames - 1),
      mute: () => this.#mute(),
      quality: () => this.#set("quality", this.#settings.after("quality")),
      engine: () => this.#set("engine", this.#settings.after("engine")),
      orders: () => this.#learning.toggle(),
      why: () => this.#toggleWhy(),
      full: () => void this.#full(),
      help: () => this.#help(),
    };
    commands[command]();
  }

  #toggleWhy(): void {
    this.#learning.close();
    this.#panels.show(this.#panels.shown === "why" ? "lists" : "why");
  }

  #toRank(rank: number): void {
    this.#to(nextOfRank(this.#reel?.cuts ?? [], rank, this.#clock.frame));
  }

  /** Go to a cut, and announce it to screen readers. */
  #to(frame: number | undefined): void {
    const cuts = this.#reel?.cuts;
    if (frame === undefined || !cuts) return;
    this.#clock.seek(frame);
    const index = cutAt(cuts, frame);
    const titles = this.#halves.flatMap((half) => half.reel?.cuts[index]?.title ?? []);
    this.#announce(`Cut ${index + 1}: ${titles.join(" and ")}`);
  }

  #mute(): void {
    const { video } = this.#halves[0].pane;
    video.muted = !video.muted;
    this.#transport.heard(!video.muted);
  }

  async #full(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await find("#stage").requestFullscreen().catch(() => undefined);
  }

  #announce(what: string): void {
    find("#status").textContent = what;
  }

  /** On a phone one list is shown at a time. */
  #makeTabs(): void {
    const tabs = this.#halves.map((half) => {
      const tab = make("button");
      tab.type = "button";
      tab.addEventListener("click", () => {
        this.#showList(half.side);
        find(".lists").scrollIntoView({ block: "start" });
      });
      return tab;
    });
    find(".tabs").replaceChildren(...tabs);
    this.#showList(0);
    this.#nameTabs();
  }

  #nameTabs(): void {
    find(".tabs").querySelectorAll("button").forEach((tab, side) => {
      tab.textContent = this.session.members[side] ?? "";
    });
  }

  #showList(side: 0 | 1): void {
    find("#lists").dataset["side"] = String(side);
    find(".tabs").querySelectorAll("button").forEach((tab, index) => {
      tab.setAttribute("aria-pressed", String(index === side));
    });
  }
}

function optionOf(member: string): HTMLOptionElement {
  const option = make("option");
  option.value = member;
  return option;
}
