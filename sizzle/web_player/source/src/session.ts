// What is chosen, kept in the page's address so that it can be sent to someone.

import { ENGINES, type EngineName } from "./engines/engine";
import type { Choices } from "./wire";

export interface Session {
  members: [string, string];
  asset: string;
  cadence: string;
  engine: EngineName;
  quality: string;
}

/** From the address; what it does not say, or says wrongly, is taken from what there is. */
export function sessionOf(address: string, choices: Choices): Session {
  const asked = new URL(address).searchParams;
  const [first = "", second = ""] = choices.members.ids;
  const playable = choices.assets.find((asset) => asset.packaged) ?? choices.assets[0];
  const engine = asked.get("engine") ?? "";
  return {
    members: [asked.get("left") || first || "anyone", asked.get("right") || second || first || "someone-new"],
    asset: asked.get("asset") || playable?.asset_id || "",
    cadence: asked.get("cadence") || choices.cadences[0]?.name || "",
    engine: Object.hasOwn(ENGINES, engine) ? (engine as EngineName) : "mse",
    quality: asked.get("quality") || "auto",
  };
}

export function addressWith(session: Session, address: string): string {
  const url = new URL(address);
  url.search = new URLSearchParams({
    left: session.members[0],
    right: session.members[1],
    asset: session.asset,
    cadence: session.cadence,
    engine: session.engine,
    quality: session.quality,
  }).toString();
  return url.href;
}
