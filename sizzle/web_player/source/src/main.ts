// The page's beginning: ask what there is, and show it, or say why there is nothing.

import { App } from "./app";
import { problemOf } from "./problem";
import { choices } from "./service";
import { sessionOf } from "./session";
import { noNotice, notice, obstacle } from "./view/notice";

async function begin(): Promise<void> {
  const again = (): void => void begin();
  try {
    const offered = await choices();
    const problem = obstacle(offered);
    if (problem) return notice(problem, again);
    noNotice();
    await new App(offered, sessionOf(location.href, offered)).load();
  } catch (error) {
    notice(problemOf(error), again);
  }
}

void begin();
