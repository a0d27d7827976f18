// The switch, the count of events, and both orders side by side.

import { letterOf } from "../cuts";
import { change, summary, type Orders, type Place } from "../orders";
import type { Problem } from "../problem";
import type { Reel } from "../wire";
import { colour, find, make, stamp } from "./dom";
import type { Panels } from "./panels";

export interface LearningCommands {
  onSwitch: (on: boolean) => void;
  onToggle: () => void;
  onPlay: () => void;
}

export interface EventCounts {
  readonly recorded: number;
  readonly waiting: number;
  readonly refused: number;
}

export class LearningView {
  readonly #switch = find<HTMLInputElement>("#learn");
  readonly #panel = find("#orders");
  readonly #count = find("#recorded");

  constructor(
    readonly panels: Panels,
    { onSwitch, onToggle, onPlay }: LearningCommands,
  ) {
    this.#switch.addEventListener("change", () => onSwitch(this.#switch.checked));
    find("#orders-button").addEventListener("click", onToggle);
    find("#orders-play").addEventListener("click", onPlay);
  }

  set(on: boolean): void {
    this.#switch.checked = on;
  }

  /** Without a token for events, nothing can be learnt. */
  offer(records: boolean): void {
    this.#switch.disabled = !records;
    if (!records) this.#count.textContent = "This service records no events.";
  }

  count(on: boolean, { recorded, waiting, refused }: EventCounts): void {
    const facts = [on ? `${recorded} events recorded` : "Nothing you watch is recorded"];
    if (waiting) facts.push(`${waiting} waiting`);
    if (refused) facts.push(`${refused} refused`);
    this.#count.textContent = facts.join(", ");
  }

  get isOpen(): boolean {
    return this.panels.shown === "orders";
  }

  open(reels: readonly Reel[]): void {
    this.#panel.replaceChildren(...reels.map(column));
    this.panels.show("orders");
  }

  close(): void {
    if (this.isOpen) this.panels.show("lists");
  }

  show(index: number, orders: Orders): void {
    const column = this.#panel.children[index];
    if (!column) return;
    find(".summary", column).textContent = summary(orders);
    find(".before", column).replaceChildren(...orders.before.map((place) => entry(place)));
    find(".after", column).replaceChildren(...orders.after.map((place) => entry(place, change(place))));
    find(".compared", column).hidden = false;
  }

  fail(index: number, { message, fix }: Problem): void {
    const column = this.#panel.children[index];
    if (column) find(".summary", column).textContent = `${message} ${fix}`;
  }
}

function column(reel: Reel): HTMLElement {
  const element = stamp("order");
  find("h2", element).textContent = reel.member_id;
  return element;
}

function entry(place: Place, moved = ""): HTMLElement {
  const item = make("li");
  colour(item, place.rank);
  item.append(make("b", "chip", letterOf(place.rank)), make("span", "name", place.title));
  if (!moved) return item;
  const note = make("span", "moved", arrow(place));
  note.setAttribute("aria-hidden", "true");
  item.dataset["moved"] = place.moved === undefined ? "new" : String(Math.sign(place.moved));
  item.append(note, make("span", "visually-hidden", `, ${moved}`));
  return item;
}

function arrow({ moved }: Place): string {
  if (moved === undefined) return "new";
  if (moved === 0) return "=";
  return `${moved > 0 ? "▲" : "▼"} ${Math.abs(moved)}`;
}
