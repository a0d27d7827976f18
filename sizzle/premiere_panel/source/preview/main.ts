/**
 * The panel in a browser, over the fake Premiere: `npm run preview`, then open
 * `preview/out/index.html`. The address says what to show: `#number-clips,write` presses buttons,
 * `#theme-light` is a light Premiere.
 */

import { Panel } from "../src/panel";
import { PremiereHost } from "../src/premiere/host";
import { HttpService } from "../src/service";
import { UxpFiles } from "../src/uxp/files";
import { DocumentView } from "../src/view";
import { FakeDisk } from "../tests/fake/files";
import { FakePremiere } from "../tests/fake/premiere";
import { FakeService, soon } from "../tests/fake/service";
import shared from "../tests/shared/findings.json";

const TITLES = ["midnight-harbor", "kestrel", "saffron-and-salt"];
const LENGTHS = [160, 160, 80, 80, 40, 40];

const premiere = new FakePremiere();
premiere.sequence.lay(
  TITLES.flatMap((title) =>
    LENGTHS.map((frames, n) => [`${title}_v2_00${n + 1}.mov`, frames] as const),
  ),
);
premiere.sequence.markers.put("midnight-harbor-clip-1", 0n);
premiere.sequence.markers.put(
  "midnight-harbor-clip-1",
  premiere.sequence.counting.ticksPerFrame * 322n,
);
premiere.sequence.addTrack();

const disk = new FakeDisk(premiere.disk);
disk.toOpen = {
  name: "findings.json",
  text: JSON.stringify({ ...shared, sequence: "Mega Asset" }),
};
disk.savesTo = "/Users/editor/Exports/Mega Asset.xml";

const service = new FakeService();
const [plain] = shared.findings;
const marker = { operation: "move-marker", frame: 322, name: "midnight-harbor-clip-1", to: 320 };
service.report = {
  sequence: "Mega Asset",
  findings: [
    { ...plain, rule: "marker-off-cut", frame: 322, timecode: "01:00:13:10", edits: [marker] },
    ...Array.from({ length: 8 }, () => shared.findings).flat(),
  ],
};

const view = new DocumentView(document);
const http = new HttpService(service.fetch, soon);
const panel = new Panel(new PremiereHost(premiere.module), new UxpFiles(disk), http, view);
view.connect(panel);
(document.getElementById("service") as HTMLInputElement).value = service.address;
(document.getElementById("key") as HTMLInputElement).value = service.key;

/** Press what the address names, one after the other. */
async function press(): Promise<void> {
  await panel.start();
  for (const name of location.hash.slice(1).split(",").filter(Boolean)) {
    if (name.startsWith("theme-")) document.body.classList.add(name);
    else if (name.startsWith("by-")) choose("titles-by", name.slice(3));
    else document.getElementById(name)?.click();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function choose(id: string, value: string): void {
  const control = document.getElementById(id) as HTMLSelectElement;
  control.value = value;
  control.dispatchEvent(new Event("change"));
}

void press();
