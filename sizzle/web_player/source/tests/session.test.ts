// What is chosen, to the page's address and back.

import { expect, test } from "vitest";

import { addressWith, sessionOf } from "../src/session";
import { speedFor } from "../src/clock";

const CHOICES = {
  delivery: true,
  assets: [
    { asset_id: "bare", packaged: false, why: "" },
    { asset_id: "demo", packaged: true, why: "" },
  ],
  cadences: [{ name: "three-act", plan: "" }],
  members: { count: 2, ids: ["ada", "ben"] },
  areas: [],
};

test("an address without choices gets the first of what can be played", () => {
  expect(sessionOf("http://host/player", CHOICES)).toEqual({
    members: ["ada", "ben"],
    asset: "demo",
    cadence: "three-act",
    engine: "mse",
    quality: "auto",
  });
});

test("choices come back from the address, whatever the members are called", () => {
  const session = sessionOf("http://host/player?engine=hls&quality=240p", CHOICES);
  session.members = ["ünï & co", "b?c#d"];
  expect(sessionOf(addressWith(session, "http://host/player"), CHOICES)).toEqual(session);
});

test("an engine that there is not is not asked for", () => {
  expect(sessionOf("http://host/player?engine=toString", CHOICES).engine).toBe("mse");
});

test("a follower makes good what it is behind, and never by much at once", () => {
  expect(speedFor(0.002)).toBe(1);
  expect(speedFor(0.05)).toBeCloseTo(1.1);
  expect(speedFor(-0.05)).toBeCloseTo(0.9);
  expect(speedFor(9)).toBe(1.25);
});
