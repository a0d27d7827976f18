/** Where the panel starts: inside Premiere, in UXP. */

import { type Modules, start } from "./start";

declare function require(module: "premierepro"): ReturnType<Modules["premierepro"]>;
declare function require(module: "uxp"): ReturnType<Modules["uxp"]>;

void start(document, {
  storage: () => localStorage,
  premierepro: () => require("premierepro"),
  uxp: () => require("uxp"),
  fetch: (address, request) => fetch(address, request),
});
