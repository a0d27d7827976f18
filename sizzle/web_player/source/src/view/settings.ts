// The row of settings at the top of the page.

import { ENGINES } from "../engines/engine";
import type { Size } from "../engines/engine";
import type { Session } from "../session";
import type { Choices } from "../wire";
import { find, make } from "./dom";

export class Settings {
  readonly #form = find<HTMLFormElement>("#settings");

  constructor(onChange: (name: keyof Session, value: string) => void) {
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", (event) => {
      const { name, value } = event.target as HTMLSelectElement;
      onChange(name as keyof Session, value);
    });
  }

  fill(choices: Choices, session: Session): void {
    const assets = choices.assets.map(({ asset_id }) => [asset_id, asset_id]);
    const cadences = choices.cadences.map(({ name }) => [name, name]);
    this.#options("asset", assets, session.asset);
    this.#options("cadence", cadences, session.cadence);
    this.#options("engine", Object.entries(ENGINES), session.engine);
    this.sizes([], session.quality);
  }

  /** Offer these renditions, and show the selected one. */
  sizes(sizes: readonly Size[], wanted: string): void {
    const named = sizes.map(({ name, bandwidth }) => [name, `${name}, ${megabits(bandwidth)}`]);
    this.#options("quality", [["auto", "Auto"], ...named], wanted);
  }

  set(name: keyof Session, value: string): void {
    this.#select(name).value = value;
  }

  /** The option after the selected one; after the last, the first. */
  after(name: keyof Session): string {
    const { options, selectedIndex } = this.#select(name);
    return options[(selectedIndex + 1) % options.length]?.value ?? "";
  }

  /** Show the chosen value even if it is unknown: the service then refuses it with a reason. */
  #options(name: keyof Session, named: (readonly string[])[], chosen: string): void {
    const missing = named.some(([value]) => value === chosen) ? [] : [[chosen, chosen]];
    const options = [...named, ...missing].map(([value = "", text = ""]) => {
      const option = make("option", "", text);
      option.value = value;
      return option;
    });
    this.#select(name).replaceChildren(...options);
    this.#select(name).value = chosen;
  }

  #select(name: keyof Session): HTMLSelectElement {
    return find<HTMLSelectElement>(`select[name="${name}"]`, this.#form);
  }
}

function megabits(bandwidth: number): string {
  return `${(bandwidth / 1e6).toFixed(1)} Mbit/s`;
}
