// Why the titles of each reel are in their order.

import { letterOf } from "../cuts";
import { kindOf, likely, madeFor, reasons, type Reason } from "../reasons";
import type { Reel } from "../wire";
import { colour, find, make, stamp } from "./dom";

export class WhyView {
  readonly #columns: readonly HTMLElement[];

  constructor(onToggle: () => void) {
    this.#columns = [stamp("reasons"), stamp("reasons")];
    find("#why").replaceChildren(...this.#columns);
    find("#why-button").addEventListener("click", onToggle);
  }

  draw(side: number, reel: Reel | undefined): void {
    const column = this.#columns[side];
    if (!column) return;
    const explanation = reel?.explanation;
    column.hidden = !reel;
    find("h2", column).textContent = reel?.member_id ?? "";
    find(".summary", column).textContent = explanation ? madeFor(explanation) : "";
    const intents = explanation?.intents ?? [];
    find(".intents", column).replaceChildren(
      ...intents.flatMap((intent) => [make("dt", "", kindOf(intent)), make("dd", "", likely(intent))]),
    );
    const titles = reel && explanation ? reasons(reel, explanation) : [];
    find("tbody", column).replaceChildren(...titles.map(row));
  }
}

function row(reason: Reason): HTMLTableRowElement {
  const row = make("tr");
  const rank = make("td");
  if (reason.shown) {
    colour(row, reason.rank);
    rank.append(make("b", "chip", letterOf(reason.rank)));
  } else {
    rank.textContent = String(reason.rank);
  }
  const chance = make("td", "chance", reason.chance);
  chance.style.setProperty("--share", String(reason.share));
  row.append(
    rank,
    make("td", "title", reason.title),
    chance,
    make("td", "moved-by", reason.moved),
    make("td", "without", reason.without),
  );
  return row;
}
