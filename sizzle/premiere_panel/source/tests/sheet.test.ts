import { describe, expect, it } from "vitest";

import { parseSheet } from "../src/sheet";
import { problemOf } from "./make";

describe("a sheet", () => {
  it.each([
    "clip_name,title_id\nA001.mov,aurora\nB 2,kestrel\n",
    "\uFEFFclip_name;note;title_id\r\nA001.mov;;aurora\r\n\r\nB 2;x, y;kestrel",
    'title_id\tclip_name\naurora\t"A001.mov"\nkestrel\t "B 2"\n'.replace("\t ", "\t"),
  ])("gives the title of each clip's name, as case %# spells it", (text) => {
    expect([...parseSheet(text, "s.csv")]).toEqual([
      ["A001.mov", "aurora"],
      ["B 2", "kestrel"],
    ]);
  });

  it.each([
    "title_id,name,source,in,length\naurora,Aurora,footage/A001.mov,01:00:12:05,160\n" +
      "aurora,,footage/A001.mov,4410,80\nkestrel,,D:\\rushes\\B 2.mov,0,80\n",
    "title_id;source;clip\naurora;A001.mov;\naurora;shared.mov;C 3\nkestrel;B 2.mov;\nkestrel;shared.mov;C 4\n",
  ])("may be that of a Mega Asset, case %#", (text) => {
    const titles = parseSheet(text, "autumn.csv");
    expect(["A001.mov", "A001", "B 2.mov", "B 2"].map((name) => titles.get(name))).toEqual([
      "aurora",
      "aurora",
      "kestrel",
      "kestrel",
    ]);
    expect(titles.get("C 4")).toBe(text.includes("C 4") ? "kestrel" : undefined);
    expect(titles.has("shared.mov")).toBe(false);
  });

  it("may quote separators, quotes and line ends", () => {
    const text = 'clip_name,title_id\n"a, ""b""\nc",aurora\n';
    expect([...parseSheet(text, "s.csv")]).toEqual([['a, "b"\nc', "aurora"]]);
  });

  it.each([
    ["clip,title\na,b\n", "s.csv"],
    ["clip_name,title_id\na,aurora\na,kestrel\n", "s.csv, row 3"],
    ["clip_name,title_id\na,no title\n", "s.csv, row 2"],
    ["clip_name,title_id\na\n", "s.csv, row 2"],
    ["title_id,source\naurora,a.mov\nkestrel,b/a.mov\n", "s.csv, row 3"],
    ['clip_name,title_id\n"a,aurora\n', "s.csv"],
  ])("that is wrong (case %#) says where", async (text, where) => {
    expect((await problemOf(() => parseSheet(text, "s.csv"))).where).toBe(where);
  });
});
