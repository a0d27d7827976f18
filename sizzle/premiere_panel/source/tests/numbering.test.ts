import { describe, expect, it } from "vitest";

import { applied, describe as inWords, nameOf } from "../src/changes";
import { numberClips } from "../src/numbering";
import type { Sequence } from "../src/sequence";
import type { TitleRule } from "../src/titles";
import { markerOf, problemOf, sequenceOf } from "./make";

function words(sequence: Sequence, by: "marker" | "name" = "name", renameClips = false): string[] {
  const changes = numberClips(sequence, { rule: { by }, renameClips });
  return changes.map((change) => `${inWords(change, sequence)}: ${nameOf(change)}`);
}

describe("numbering", () => {
  it("counts from 1 within each title, in timeline order, wherever its clips stand", () => {
    const sequence = sequenceOf([
      ["a", 160],
      ["b", 80],
      ["a", 40],
      ["b", 40],
    ]);
    expect(words(sequence)).toEqual([
      "add marker: a-clip-1",
      "add marker: b-clip-1",
      "add marker: a-clip-2",
      "add marker: b-clip-2",
    ]);
  });

  it("renames clips too where it is asked to", () => {
    const sequence = sequenceOf(
      [
        ["a.mov", 160],
        ["a-clip-2", 80],
      ],
      [
        ["a-clip-1", 0],
        ["a-clip-2", 160],
      ],
    );
    expect(words(sequence, "name", true)).toEqual(["rename clip a.mov: a-clip-1"]);
  });

  it("renames, moves and removes markers that name clips wrongly", () => {
    const sequence = sequenceOf(
      [
        ["a", 160],
        ["a", 80],
        ["a", 80],
      ],
      [
        ["a-clip-2", 0],
        ["a-clip-2", 163],
        ["a-clip-9", 200],
        ["a-clip-3", 240],
        ["a-clip-3", 320],
      ],
    );
    expect(words(sequence, "marker")).toEqual([
      "rename marker a-clip-2: a-clip-1",
      "move marker to 01:00:06:16: a-clip-2",
      "remove marker: a-clip-9",
      "remove marker: a-clip-3",
    ]);
  });

  it("renames a marker before it moves it, as a moved one may be another to Premiere", () => {
    const sequence = sequenceOf([["a", 160]], [["a-clip-5", 3]]);
    expect(words(sequence, "marker").map((each) => each.split(" ")[0])).toEqual(["rename", "move"]);
  });

  it("leaves markers alone that are no clip's key", () => {
    const sequence = sequenceOf(
      [["a", 160]],
      [
        ["fix the grade", 0],
        ["gap (a-clip-1)", 9],
      ],
    );
    expect(words(sequence)).toEqual(["add marker: a-clip-1"]);
  });

  it("names every clip whose title nothing says, and what to do", async () => {
    const sequence = sequenceOf([
      ["a", 160],
      ["Take 3", 80],
      ["", 40],
    ]);
    const problem = await problemOf(() => words(sequence));
    expect(problem.message).toBe("The title is unknown for 2 clips; nothing is written.");
    expect(problem.where).toBe("01:00:06:16 Take 3; 01:00:10:00 (no name)");
    expect(problem.fix).toContain("title id");
  });

  it("lists the first few of many such clips", async () => {
    const clips = Array.from({ length: 8 }, () => ["Take 3", 40] as const);
    expect((await problemOf(() => words(sequenceOf(clips)))).where).toMatch(/; and 3 more$/);
  });

  it("has a fix for each way that titles are said", async () => {
    const sequence = sequenceOf([["Take 3", 40]]);
    const rules: TitleRule[] = [{ by: "marker" }, { by: "name" }, { by: "pattern", pattern: /x/ }];
    for (const rule of rules) {
      const problem = await problemOf(() => numberClips(sequence, { rule, renameClips: false }));
      expect(problem.fix).not.toBe("");
    }
  });

  it("says so where the track has no clips", async () => {
    expect((await problemOf(() => words(sequenceOf([])))).message).toBe("V1 has no clips.");
  });

  it("has nothing to do once it is done, whatever there was before", () => {
    const random = dice(7);
    for (let round = 0; round < 300; round += 1) {
      const sequence = scrambled(random);
      for (const by of ["marker", "name"] as const) {
        const options = { rule: { by }, renameClips: round % 2 === 0 };
        const after = applied(sequence, numberClips(sequence, options));
        expect(numberClips(after, options)).toEqual([]);
        expect(after.markers.filter((each) => each.name.includes("-clip-"))).toHaveLength(
          sequence.clips.length,
        );
      }
    }
  });

  it("numbers 10,000 clips in a blink", () => {
    const clips = Array.from({ length: 10_000 }, (_, n) => [`title-${n % 700}`, 40] as const);
    const began = performance.now();
    expect(words(sequenceOf(clips), "name", true)).toHaveLength(20_000);
    expect(performance.now() - began).toBeLessThan(1500);
  });
});

/** A timeline after many edits: names right and wrong, markers on cuts, off them and doubled. */
function scrambled(random: (below: number) => number): Sequence {
  const clips = Array.from({ length: 1 + random(12) }, () => {
    const title = ["a", "b", "c"][random(3)] ?? "a";
    const name = random(2) ? title : `${title}-clip-${1 + random(4)}`;
    return [name, [160, 80, 40][random(3)] ?? 40] as const;
  });
  const markers = Array.from({ length: random(20) }, (_, n) => {
    const name = random(4) ? `${["a", "b"][random(2)]}-clip-${1 + random(9)}` : "a note";
    return markerOf(name, random(1500), { id: `marker-${n}` });
  });
  markers.sort((one, other) => Number(one.start - other.start));
  const first = markerOf("a-clip-1", 0, { id: "first" });
  return { ...sequenceOf(clips), markers: [first, ...markers] };
}

/** Random numbers that are the same each time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
