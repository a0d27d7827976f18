// The notice that replaces the page where there is nothing to play.

import type { Choices } from "../wire";
import { Problem } from "../problem";
import { find, make } from "./dom";

export function notice(problem: Problem, again: () => void): void {
  const section = find("#notice");
  const retry = make("button", "", "Try again");
  retry.type = "button";
  retry.addEventListener("click", again);
  section.replaceChildren(
    make("strong", "", problem.message),
    make("p", "", problem.fix),
    retry,
  );
  section.hidden = false;
  find("#stage").hidden = true;
}

export function noNotice(): void {
  find("#notice").hidden = true;
  find("#stage").hidden = false;
}

/** Why nothing can be played, or undefined. */
export function obstacle({ delivery, assets }: Choices): Problem | undefined {
  if (!delivery) {
    return new Problem(
      "This service streams no packages.",
      "Package an asset with `sizzle package ASSET --out packages`, then start the service with " +
        "`sizzle serve --packages packages`.",
    );
  }
  if (!assets.length) {
    return new Problem(
      "The catalog has no assets.",
      "Publish one with `sizzle ingest`, and package it with `sizzle package`.",
    );
  }
  const [first] = assets;
  if (first && assets.every(({ packaged }) => !packaged)) {
    return new Problem(
      `No asset is packaged yet. ${first.why}`,
      `Package one: sizzle package ${first.asset_id} --out packages`,
    );
  }
  return undefined;
}
