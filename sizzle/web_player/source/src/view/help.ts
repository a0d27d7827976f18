// The list of keyboard shortcuts.

import { SHORTCUTS } from "../keys";
import { find, make } from "./dom";

export function makeHelp(): () => void {
  const dialog = find<HTMLDialogElement>("#help");
  const entries = SHORTCUTS.map(([label, description]) => {
    const entry = make("div");
    const term = make("dt");
    term.append(make("kbd", "", label));
    entry.append(term, make("dd", "", description));
    return entry;
  });
  find("#keys").replaceChildren(...entries);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "?") dialog.close();
  });
  const open = (): void => dialog.showModal();
  find("#help-button").addEventListener("click", open);
  return open;
}
