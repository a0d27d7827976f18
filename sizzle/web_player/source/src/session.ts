// The user's choices, kept in the page's address so that they can be shared.

import { ENGINES, type EngineName } from "./engines/engine";
import type { Choices } from "./wire";

export interface Session {
  members: [string, string];
  asset: string;
  cadence: string;
  engine: EngineName;
  quality: string;
}

/** From the address; what is missing or invalid there gets a default. */
export function sessionOf(address: string, choices: Choices): Session {
  const query = new URL(address).searchParams;
  const [first = "", second = ""] = choices.members.ids;
  const playable = choices.assets.find((asset) => asset.packaged) ?? choices.assets[0];
  const engine = query.get("engine") ?? "";
  return {
    members: [query.get("left") || first || "anyone", query.get("right") || second || first || "someone-new"],
    asset: query.get("asset") || playable?.asset_id || "",
    cadence: query.get("cadence") || choices.cadences[0]?.name || "",
    engine: Object.hasOwn(ENGINES, engine) ? (engine as EngineName) : "mse",
    quality: query.get("quality") || "auto",
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
