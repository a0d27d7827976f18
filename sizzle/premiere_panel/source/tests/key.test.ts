import { expect, it } from "vitest";

import { keyText, parseKey } from "../src/key";
import keys from "./shared/keys.json";

it.each(Object.entries(keys))("%j is the key %j", (text, expected) => {
  const key = parseKey(text);
  expect(key && [key.titleId, key.number]).toEqual(expected);
});

it("spells what it reads", () => {
  expect(keyText("harbor", 3)).toBe("harbor-clip-3");
});
