import { describe, expect, it } from "vitest";
import { kindOf, likely, madeFor, reasons } from "../src/reasons";
import type { Explanation, Reel, TitleReason } from "../src/wire";

const title = (rank: number, more: Partial<TitleReason> = {}): TitleReason => ({
  rank,
  title_id: `title-${rank}`,
  title: `Title ${rank}`,
  score: 0.5 / rank,
  rank_without_context: rank,
  moved_by: {},
  ...more,
});

const explanation = (more: Partial<Explanation> = {}): Explanation => ({
  context: { at: "2026-11-15T11:00:00Z", device_type: "", locale: "", country: "", surface: "" },
  randomised: false,
  probabilities: [],
  intents: [],
  titles: [],
  ...more,
});

const reel = { cuts: [{ title_id: "title-1" }, { title_id: "title-2" }] } as Reel;

describe("what an order was made for", () => {
  it("is its time, and what is known of the request", () => {
    expect(madeFor(explanation())).toContain("15 Nov 2026");
    expect(madeFor(explanation())).toContain("whatever the device and place");
    const context = { at: null, device_type: "tv", locale: "", country: "GB", surface: "" };
    expect(madeFor(explanation({ context }))).toBe("Ranked for no particular time, on tv, GB.");
  });

  it("says when it was drawn", () => {
    expect(madeFor(explanation({ randomised: true }))).toContain("drawn at random");
  });
});

describe("intents", () => {
  it("have the likeliest classes", () => {
    const classes = [0.62, 0.2, 0.084, 0.05].map((chance, index) => ({ name: `G${index}`, chance }));
    const intent = { intent: "genres", weight: 0.4, classes };
    expect(kindOf(intent)).toBe("Genre, 40 % of the order");
    expect(likely(intent)).toBe("G0 62 %, G1 20 %, G2 8.4 %");
    expect(kindOf({ ...intent, intent: "mood" })).toBe("mood, 40 % of the order");
  });
});

describe("reasons", () => {
  it("say what the reel shows, and how likely each title is", () => {
    const [first, , third] = reasons(reel, explanation({ titles: [title(1), title(2), title(3)] }));
    expect(first).toMatchObject({ shown: true, share: 1, chance: "50 %", without: "same" });
    expect(third).toMatchObject({ shown: false, chance: "17 %" });
  });

  it("give the factors by which odds change", () => {
    const moved_by = { taste: Math.log(2), genres: Math.log(0.05), mood: Math.log(30) };
    const [only] = reasons(reel, explanation({ titles: [title(1, { moved_by })] }));
    expect(only?.moved).toBe("taste ×2.0, genre ×0.05, mood ×30");
  });

  it("say where a title would be without the context", () => {
    const ranks = [3, 1, null].map((rank_without_context) => title(2, { rank_without_context }));
    const found = reasons(reel, explanation({ titles: ranks }));
    expect(found.map(({ without }) => without)).toEqual(["1 lower", "1 higher", "same"]);
  });
});
