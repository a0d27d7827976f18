// The way to the other pages of the service, for whoever may open them.

import type { Choices } from "../wire";
import { find, make } from "./dom";

export function showAreas(choices: Choices): void {
  find("#areas").replaceChildren(
    ...choices.areas.map(({ name, href }) => {
      const link = make("a", "", name);
      link.href = href;
      if (new URL(link.href).pathname === location.pathname) link.setAttribute("aria-current", "page");
      return link;
    }),
  );
}
