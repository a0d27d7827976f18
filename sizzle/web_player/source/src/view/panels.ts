// What is shown below the pictures: the cut lists, how the next reel changes, or why this order.

import { find } from "./dom";

export type Panel = "lists" | "orders" | "why";

const BUTTONS = { orders: "Next reel", why: "Why this order" } as const;

export class Panels {
  #shown: Panel = "lists";

  get shown(): Panel {
    return this.#shown;
  }

  show(panel: Panel): void {
    this.#shown = panel;
    document.body.toggleAttribute("data-panel", panel !== "lists");
    find(".tabs").hidden = panel !== "lists";
    find("#lists").hidden = panel !== "lists";
    find("#orders-play").hidden = panel !== "orders";
    for (const [name, label] of Object.entries(BUTTONS)) {
      const open = name === panel;
      find(`#${name}`).hidden = !open;
      const button = find(`#${name}-button`);
      button.setAttribute("aria-expanded", String(open));
      button.textContent = open ? "Cut lists" : label;
    }
  }
}
