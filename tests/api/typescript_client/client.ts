// Asks for a reel, tells what was watched of it, and sends a request that is refused; prints both.

import createClient from "openapi-fetch";

import type { paths } from "./schema.js";

declare const process: { argv: string[] };

const [, , baseUrl, key] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

const { data: reel, error } = await client.POST("/v1/reels", {
  body: {
    member_id: "member-ada",
    asset_id: "demo",
    device: { dynamic_sizzles: true, plays: ["timecodes"] },
  },
});
if (error || reel.kind !== "reel") throw new Error(JSON.stringify(error ?? reel));

const recorded = await client.POST("/v1/events", {
  body: {
    events: [
      { id: "two", type: "reel_started", time: new Date().toISOString(), member_id: "member-ada", reel_id: reel.reel_id },
    ],
  },
});
const refused = await client.GET("/v1/assets/{asset_id}", {
  params: { path: { asset_id: "nowhere" } },
});
console.log(
  JSON.stringify({
    cuts: reel.cuts.length,
    status: recorded.data?.results[0]?.status,
    title: refused.error?.title,
    fix: refused.error?.fix,
  }),
);
