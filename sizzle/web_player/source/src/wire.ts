// What the service sends. Ranges are half-open; frames are exact, seconds are rounded.

export interface Moment {
  frame: number;
  timecode: string;
  seconds: number;
}

export interface Range {
  start: Moment;
  stop: Moment;
}

export interface Cut {
  clip_key: string;
  title_id: string;
  title: string;
  rank: number;
  segment: number;
  source: Range;
  record: Range;
}

export interface Reel {
  kind: "reel";
  reel_id: string;
  member_id: string;
  asset_id: string;
  cadence: string;
  model_version: string;
  seed: number;
  cold_start: boolean;
  rate: { numerator: number; denominator: number; drop_frame: boolean };
  duration: Moment;
  cuts: Cut[];
  /** By which events of this reel and member are recorded. */
  event_token?: string;
  playback?: Playback;
  byte_ranges?: ByteRanges;
  explanation?: Explanation;
}

/** Why a reel's titles are in their order. */
export interface Explanation {
  /** What the ranking was made for; empty where nothing is known. */
  context: { at: string | null; device_type: string; locale: string; country: string; surface: string };
  randomised: boolean;
  probabilities: number[];
  /** By falling weight. */
  intents: Intent[];
  /** The best ones, in the ranker's order. */
  titles: TitleReason[];
}

export interface Intent {
  intent: string;
  weight: number;
  /** The likeliest first. */
  classes: { name: string; chance: number }[];
}

export interface TitleReason {
  rank: number;
  title_id: string;
  title: string;
  score: number;
  rank_without_context: number | null;
  /** By part of the score, how far it moves the title up or down, in logarithms of odds. */
  moved_by: Record<string, number>;
}

/** Where a reel is streamed from; signed, if the service requires it. */
export interface Playback {
  hls: string;
  dash: string;
  ranges: string;
  film: string;
}

/** First byte, end (exclusive), bytes of the header, offset of the decoding time in it. */
export type ByteRange = readonly [number, number, number, number];

export interface Track {
  name: string;
  address: string;
  type: string;
  timescale: number;
  ticks: number;
  /** In base64. */
  init_segment: string;
  ranges: ByteRange[];
  bandwidth: number;
}

export interface Rendition extends Track {
  width: number;
  height: number;
}

export interface ByteRanges {
  seconds: number;
  segments: (readonly [number, number])[];
  renditions: Rendition[];
  bed: Track;
}

/** The choices on the page: `choices.json`. */
export interface Choices {
  delivery: boolean;
  assets: { asset_id: string; packaged: boolean; why: string }[];
  cadences: { name: string; plan: string }[];
  members: { count: number; ids: string[] };
  areas: { name: string; href: string }[];
}
