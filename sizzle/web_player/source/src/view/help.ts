// The list of keys.

import { SHOWN } from "../keys";
import { find, make } from "./dom";

export function makeHelp(): () => void {
  const dialog = find<HTMLDialogElement>("#help");
  const entries = SHOWN.map(([shown, says]) => {
    const entry = make("div");
    const term = make("dt");
    term.append(make("kbd", "", shown));
    entry.append(term, make("dd", "", says));
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
