// Which video codecs this browser plays, and which of those on offer it is to play.

import type { Rendition } from "../wire";

const AV1 = 'video/mp4; codecs="av01.0.08M.08"'; // Main profile, 8 bits, Full HD at 30 frames a second

/** What a request for a reel says that this browser plays. */
export function playedCodecs(plays: "ranges" | "hls"): string[] {
  // hls.js gets one codec only, so that each size is one level, whose name is its height.
  const playsAv1 = "MediaSource" in window && MediaSource.isTypeSupported(AV1);
  return plays === "ranges" && playsAv1 ? ["h264", "av1"] : ["h264"];
}

/**
 * The renditions of one codec, as a source buffer takes them: of the first that plays smoothly here,
 * else of the last. The service offers the codec that needs the fewest bits first.
 */
export async function inOneCodec(renditions: Rendition[], rate: number): Promise<Rendition[]> {
  const groups = new Map<string, Rendition[]>();
  for (const rendition of renditions) {
    const codec = codecOf(rendition);
    groups.set(codec, [...(groups.get(codec) ?? []), rendition]);
  }
  const offered = [...groups.values()];
  for (const group of offered.slice(0, -1)) {
    if (await isSmooth(group[0] as Rendition, rate)) return group;
  }
  return offered.at(-1) ?? [];
}

/** `avc1` or `av01`: what the codec string begins with. */
function codecOf({ type }: Rendition): string {
  return /codecs="(\w+)/.exec(type)?.[1] ?? "";
}

async function isSmooth(rendition: Rendition, framerate: number): Promise<boolean> {
  const { type: contentType, width, height, bandwidth: bitrate } = rendition;
  const video = { contentType, width, height, bitrate, framerate };
  const { supported, smooth } = await navigator.mediaCapabilities.decodingInfo({
    type: "media-source",
    video,
  });
  return supported && smooth;
}
