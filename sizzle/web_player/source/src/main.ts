// Start the page: load the choices and show them, or say why nothing can be played.

import { App } from "./app";
import { problemOf } from "./problem";
import { choices } from "./service";
import { sessionOf } from "./session";
import { showAreas } from "./view/areas";
import { noNotice, notice, obstacle } from "./view/notice";

async function start(): Promise<void> {
  const again = (): void => void start();
  try {
    const available = await choices();
    showAreas(available);
    const problem = obstacle(available);
    if (problem) return notice(problem, again);
    noNotice();
    await new App(available, sessionOf(location.href, available)).load();
  } catch (error) {
    notice(problemOf(error), again);
  }
}

void start();
