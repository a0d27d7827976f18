// @vitest-environment happy-dom
/** The panel's face, on the page that ships. */

import { beforeEach, describe, expect, it } from "vitest";

import page from "../public/index.html?raw";
import styles from "../public/styles.css?raw";
import { Panel } from "../src/panel";
import { PremiereHost } from "../src/premiere/host";
import { HttpService } from "../src/service";
import { start } from "../src/start";
import { followTheme } from "../src/theme";
import { UxpFiles } from "../src/uxp/files";
import { DocumentView } from "../src/view";
import { FakeDisk } from "./fake/files";
import { FakePremiere } from "./fake/premiere";
import { FakeService, soon } from "./fake/service";
import { at, noPause } from "./make";
import shared from "./shared/findings.json";

let premiere: FakePremiere;
let disk: FakeDisk;
let service: FakeService;
let panel: Panel;

beforeEach(async () => {
  document.body.innerHTML = page.slice(page.indexOf("<body>") + 6, page.indexOf("<script"));
  document.body.className = "";
  localStorage.clear();
  find<HTMLInputElement>("rename-clips").checked = true;
  premiere = new FakePremiere();
  premiere.sequence.lay([
    ["harbor.mov", 160],
    ["Take 3", 160],
  ]);
  disk = new FakeDisk(premiere.disk);
  service = new FakeService();
  const view = new DocumentView(document);
  const http = new HttpService(service.fetch, soon);
  panel = new Panel(new PremiereHost(premiere.module, noPause), new UxpFiles(disk), http, view);
  view.connect(panel);
  await panel.start();
});

function find<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

function text(id: string): string {
  return (find(id).textContent ?? "").replace(/\s+/g, " ").trim();
}

function isShown(id: string): boolean {
  return !find(id).classList.contains("hidden");
}

async function press(id: string): Promise<void> {
  find(id).click();
  await expect.poll(() => document.body.classList.contains("busy")).toBe(false);
}

function choose(id: string, value: string): void {
  find<HTMLInputElement>(id).value = value;
  find(id).dispatchEvent(new Event("change"));
}

describe("the page", () => {
  it("says what sequence it is about", () => {
    expect(text("sequence")).toBe("Mega Asset");
    expect(text("details")).toBe("23.976 fps from 01:00:00:00, 2 clips on V1");
    expect([isShown("message"), isShown("plan")]).toEqual([false, false]);
  });

  it("says what is wrong, where, and how to mend it", async () => {
    choose("titles-by", "name");
    await press("number-clips");
    expect(find("message").className).toBe("message bad");
    expect(text("message")).toMatch(/title is unknown for 1 clip; .*01:00:06:16 Take 3.*Fix: name such/);
  });

  it("lists what will change, and changes it on a press", async () => {
    premiere.sequence.track(1).items.pop();
    choose("titles-by", "name");
    await press("number-clips");
    expect(text("plan-title")).toBe("Number clips");
    expect(text("plan-notes")).toBe("1 clip of 1 title. 1 marker to add, 1 clip to rename.");
    expect(text("write")).toBe("Write 2 changes");
    const rows = [...find("plan-list").children].map((row) => row.textContent);
    expect(rows).toEqual([
      "01:00:00:00harbor-clip-1add marker",
      "01:00:00:00harbor-clip-1rename clip harbor.mov",
    ]);
    premiere.sequence.playhead = 99n;
    find("plan-list").children[1]?.dispatchEvent(new Event("click"));
    await expect.poll(() => document.body.classList.contains("busy")).toBe(false);
    expect(premiere.sequence.playhead).toBe(0n);
    await press("write");
    expect([isShown("plan"), text("message")]).toEqual([false, "Number clips: done."]);
    expect(premiere.sequence.markers.list).toHaveLength(1);
  });

  it("shows the first rows of a long list, and how many more there are", async () => {
    premiere.sequence.lay(Array.from({ length: 300 }, () => ["a", 40] as const));
    premiere.sequence.markers.put("a-clip-1", 0n);
    await press("number-clips");
    expect(find("plan-list").children).toHaveLength(201);
    expect(find("plan-list").lastElementChild?.textContent).toBe("and 403 more changes");
  });

  it("asks for a pattern only where titles go by one, and drops a list made otherwise", async () => {
    premiere.sequence.markers.put("a-clip-1", 0n);
    await press("number-clips");
    expect(isShown("plan")).toBe(true);
    choose("titles-by", "pattern");
    expect([isShown("plan"), isShown("pattern-field")]).toEqual([false, true]);
    choose("titles-by", "marker");
    expect(isShown("pattern-field")).toBe(false);
  });

  it("offers the sequence's tracks, and reads the one that is chosen", async () => {
    premiere.sequence.addTrack();
    await panel.refresh();
    expect([...find("track").children].map((each) => each.textContent)).toEqual(["V1", "V2"]);
    choose("track", "2");
    await expect.poll(() => text("details")).toContain("0 clips on V2");
  });

  it("warns of findings that seem to be of another sequence", async () => {
    premiere.sequence.name = "Copy";
    disk.toOpen = { name: "findings.json", text: JSON.stringify(shared) };
    await press("show-findings");
    expect(find("report-notes").querySelector(".warn")?.textContent).toContain("“Mega Asset”");
    await press("mark-findings");
    expect([isShown("report"), isShown("plan"), isShown("controls")]).toEqual([false, true, false]);
    expect(find("plan-notes").querySelector(".warn")?.textContent).toContain("“Mega Asset”");
    await press("cancel");
    expect([isShown("report"), isShown("plan"), isShown("controls")]).toEqual([true, false, false]);
    await press("close-report");
    expect([isShown("report"), isShown("controls")]).toEqual([false, true]);
  });

  it("shows names as text, whatever is in them", async () => {
    premiere.sequence.name = "<img src=x onerror=alert(1)>";
    await panel.refresh();
    expect(text("sequence")).toBe("<img src=x onerror=alert(1)>");
    expect(document.querySelector("img")).toBeNull();
  });

  it("says so where nothing is open", async () => {
    premiere.activate(null);
    await expect.poll(() => text("sequence")).toBe("No sequence");
    expect(text("message")).toContain("No sequence is active.");
  });

  it("exports and clears by its buttons", async () => {
    disk.savesTo = "/out/mega.xml";
    await press("export-xml");
    expect(text("message")).toBe("Exported to /out/mega.xml");
    await press("clear-findings");
    expect(text("message")).toBe("Clear findings: nothing to change.");
  });
});

describe("findings", () => {
  beforeEach(async () => {
    choose("service", service.address);
    choose("key", service.key);
    await press("check-sequence");
  });

  it("are rows with what to do, in the order of the timeline", () => {
    expect(text("report-title")).toBe("2 findings");
    expect(isShown("fix-findings")).toBe(false);
    expect(rowsOf("report-list").map((row) => row.textContent)).toEqual([
      "01:00:13:08wrong-length: aurora-clip-3Expected 80 frames; found 79 frames." +
        "Fix: extend it by 1 frame.",
      "01:00:16:15otio-mismatchExpected Aurora Rising here; found nothing." +
        "Fix: export the sequence again.",
    ]);
    const [first] = rowsOf("report-list");
    expect(first?.querySelector(".error")?.textContent).toBe("wrong-length: aurora-clip-3");
  });

  it("are gone through with the keyboard", async () => {
    const [list, [first, second]] = [find("report-list"), rowsOf("report-list")];
    expect([list.getAttribute("role"), first?.getAttribute("role")]).toEqual(["listbox", "option"]);
    expect(rowsOf("report-list").map((row) => row.getAttribute("tabindex"))).toEqual(["0", "-1"]);
    for (const [key, row] of [
      ["ArrowUp", first],
      ["ArrowDown", second],
      ["ArrowDown", second],
      ["Home", first],
      ["End", second],
    ] as const) {
      expect(type(key)).toBe(true);
      expect(document.activeElement).toBe(row);
      expect(row?.getAttribute("aria-selected")).toBe("true");
    }
    expect(premiere.sequence.playhead).toBe(0n);
    for (const key of ["Enter", " "]) {
      premiere.sequence.playhead = 0n;
      expect(type(key)).toBe(true);
      await expect.poll(() => premiere.sequence.playhead).toBe(at(399));
    }
    expect([type("Tab"), type("x")]).toEqual([false, false]);
  });

  it("that the panel can mend are counted on its button", async () => {
    const [plain] = shared.findings;
    const edits = [{ operation: "set-marker", frame: 0, name: "a-clip-1", to: 0 }];
    service.report = { sequence: "Mega Asset", findings: [{ ...plain, edits }, plain] };
    await press("close-report");
    await press("check-sequence");
    expect(text("fix-findings")).toBe("Fix 1…");
    await press("fix-findings");
    expect(text("plan-notes")).toMatch(/^Mends 1 of 2 findings. 1 marker to add.*1 finding left/);
    await press("write");
    expect(text("message")).toBe("Fix findings: done.");
    expect(isShown("controls")).toBe(true);
  });

  function rowsOf(id: string): HTMLElement[] {
    return [...find(id).children] as HTMLElement[];
  }

  /** Whether the list takes a key for itself. */
  function type(key: string): boolean {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    find("report-list").dispatchEvent(event);
    return event.defaultPrevented;
  }
});

describe("starting", () => {
  it("shows the sequence", async () => {
    find("sequence").textContent = "";
    await start(document, modules());
    expect(text("sequence")).toBe("Mega Asset");
  });

  it("keeps settings from one start to the next, and does without", async () => {
    const page = document.body.innerHTML;
    await start(document, modules());
    choose("titles-by", "pattern");
    choose("pattern", "(?P<title_id>[a-z]+)");
    document.body.innerHTML = page;
    await start(document, modules());
    expect(find<HTMLInputElement>("titles-by").value).toBe("pattern");
    expect(find<HTMLInputElement>("pattern").value).toBe("(?P<title_id>[a-z]+)");
    expect(isShown("pattern-field")).toBe(true);
    for (const kept of ["{", "null", '{"titlesBy": "no", "pattern": 5, "renameClips": "x"}']) {
      localStorage.setItem("dynamic-sizzles.settings", kept);
      document.body.innerHTML = page;
      await start(document, modules());
      expect(find<HTMLInputElement>("titles-by").value).toBe("marker");
      expect(text("sequence")).toBe("Mega Asset");
    }
    const storage = (): never => {
      throw new Error("no storage");
    };
    await start(document, { ...modules(), storage });
    expect(text("sequence")).toBe("Mega Asset");
  });

  it("keeps the service, the layout and, encrypted, the key", async () => {
    const page = document.body.innerHTML;
    await start(document, modules());
    choose("service", service.address);
    choose("key", " sz_right ");
    disk.toOpen = { name: "short.toml", text: "name = 'short'" };
    await press("choose-layout");
    expect(JSON.stringify({ ...localStorage })).not.toContain("sz_right");
    document.body.innerHTML = page;
    await start(document, modules());
    await expect.poll(() => find<HTMLInputElement>("key").value).toBe("sz_right");
    expect(find<HTMLInputElement>("service").value).toBe(service.address);
    expect(text("choose-layout")).toBe("Layout: short.toml…");
    service.states = [{ state: "checked" }];
    await press("check-sequence");
    expect(service.received).toMatchObject([{ key: "Bearer sz_right", layout: "name = 'short'" }]);
    await press("close-report");
    await press("default-layout");
    expect([text("choose-layout"), isShown("default-layout")]).toEqual(["Layout: default…", false]);
    choose("key", "");
    await expect.poll(() => secrets.size).toBe(0);
    const broken = { getItem: refuse, setItem: refuse, removeItem: refuse };
    for (const secureStorage of [broken, undefined]) {
      const { localFileSystem } = modules().uxp().storage;
      const storage = secureStorage ? { localFileSystem, secureStorage } : { localFileSystem };
      await start(document, { ...modules(), uxp: () => ({ storage }) });
      choose("key", "sz_other");
      expect(text("sequence")).toBe("Mega Asset");
    }
  });

  it("keeps the address that the panel was written for, until another is entered", async () => {
    find<HTMLInputElement>("service").setAttribute("value", "https://written.example.com");
    const page = document.body.innerHTML;
    await start(document, modules());
    choose("rename-clips", "on");
    choose("service", "");
    document.body.innerHTML = page;
    await start(document, modules());
    expect(find<HTMLInputElement>("service").value).toBe("https://written.example.com");
  });

  it("leaves clip names alone unless asked", () => {
    expect(page).toMatch(/id="rename-clips" type="checkbox" \/>/);
  });

  it("says what failed, and leaves no button that does nothing", async () => {
    const broken = () => {
      throw new Error("Cannot find module");
    };
    await start(document, { ...modules(), premierepro: broken });
    expect(text("message")).toContain("Cannot find module");
    expect(isShown("controls")).toBe(false);
  });

  it("does not need a theme, or to follow Premiere's tabs", async () => {
    premiere.refusesListeners = true;
    const theme = {
      getCurrent: () => {
        throw new Error("not yet");
      },
    };
    await start(Object.assign(Object.create(document) as Document, { theme }), modules());
    await press("clear-findings");
    expect(text("message")).toBe("Clear findings: nothing to change.");
  });

  const secrets = new Map<string, Uint8Array>();

  /** As UXP's: texts go in, bytes come out, and what is not there is null. */
  const secureStorage = {
    getItem: async (name: string) => secrets.get(name) ?? null,
    setItem: async (name: string, value: string) => {
      secrets.set(name, Uint8Array.from(value, (letter) => letter.charCodeAt(0)));
    },
    removeItem: async (name: string) => void secrets.delete(name),
  };

  async function refuse(): Promise<never> {
    throw new Error("the keychain is locked");
  }

  function modules() {
    return {
      storage: () => localStorage,
      premierepro: () => premiere.module,
      uxp: () => ({ storage: { localFileSystem: disk, secureStorage } }),
      fetch: service.fetch,
    };
  }
});

describe("progress", () => {
  it("is a bar with a button that stops", async () => {
    premiere.sequence.lay(Array.from({ length: 38 }, () => ["a", 40] as const));
    let seen = "";
    const observer = new MutationObserver(() => {
      seen ||= `${text("progress-text")}, ${find("progress-bar").style.width}`;
      find("stop").click();
    });
    const slow = new PremiereHost(premiere.module, () => new Promise((go) => setTimeout(go, 5)));
    const view = new DocumentView(document);
    const other = new Panel(slow, new UxpFiles(disk), new HttpService(service.fetch, soon), view);
    view.connect(other);
    observer.observe(find("progress-text"), { childList: true, characterData: true, subtree: true });
    await other.numberClips();
    observer.disconnect();
    expect(seen).toBe("10 of 40 clips read, 25%");
    expect(text("message")).toBe("Stopped; nothing was written.");
    expect(isShown("progress")).toBe(false);
  });
});

describe("the theme", () => {
  it("follows Premiere's, and is dark where there is none", () => {
    followTheme(document);
    expect(document.body.classList.contains("theme-light")).toBe(false);
    let change: (theme: string) => void = () => undefined;
    const theme = {
      getCurrent: () => "light",
      onUpdated: { addListener: (listener: (name: string) => void) => void (change = listener) },
    };
    followTheme(Object.assign(Object.create(document) as Document, { theme }));
    expect(document.body.classList.contains("theme-light")).toBe(true);
    change("darkest");
    expect(document.body.classList.contains("theme-light")).toBe(false);
  });
});

describe("the styles", () => {
  it("use nothing that UXP does not know", () => {
    const lines = styles.replace(/\/\*[\s\S]*?\*\//g, "").split("\n");
    const used = lines.flatMap((line) => /^\s+([a-z-]+):/.exec(line)?.[1] ?? []);
    const unknown = used.filter((name) => !name.startsWith("--") && !KNOWN.test(name));
    expect(unknown).toEqual([]);
    expect(styles).not.toMatch(/\b(grid|gap|transition|calc|@import|@keyframes)\b/);
  });
});

/** The properties of UXP's CSS reference. */
const KNOWN = new RegExp(
  "^(align-(content|items|self)|background(-(attachment|color|image|repeat|size))?" +
    "|border(-(top|right|bottom|left))?(-(color|radius|style|width))?|(top|right|bottom|left)" +
    "|color|display|flex(-(basis|direction|grow|shrink|wrap))?|font-(family|size|style|weight)" +
    "|(min-|max-)?(height|width)|justify-content|letter-spacing|margin(-(top|right|bottom|left))?" +
    "|opacity|overflow(-[xy])?|padding(-(top|right|bottom|left))?|text-(align|overflow)" +
    "|visibility|white-space)$",
);
