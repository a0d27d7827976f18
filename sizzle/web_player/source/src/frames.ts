// Frames and seconds at an exact rate, and SMPTE timecode.

export interface Rate {
  numerator: number;
  denominator: number;
  drop_frame: boolean;
}

/** A tolerance, so that a time rounded down to microseconds still belongs to its frame. */
const HAIR = 1e-4;

/** The frame on screen at a time of the reel. */
export function frameAt(seconds: number, rate: Rate): number {
  return Math.floor((seconds * rate.numerator) / rate.denominator + HAIR);
}

/** The middle of a frame: no rounding of a seek to it can show its neighbour. */
export function middleOf(frame: number, rate: Rate): number {
  return ((frame + 0.5) * rate.denominator) / rate.numerator;
}

/** A frame counted from 0, as `01:02:03:04`; drop-frame has `;` before the frames. */
export function timecode(frame: number, rate: Rate): string {
  const nominal = Math.round(rate.numerator / rate.denominator);
  const counted = rate.drop_frame ? withDropped(frame, nominal) : frame;
  const seconds = Math.floor(counted / nominal);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const separator = rate.drop_frame ? ";" : ":";
  return `${parts.map(two).join(":")}${separator}${two(counted % nominal)}`;
}

/** The frame that a timecode counts: the inverse of `timecode`. */
export function frameOf(text: string, rate: Rate): number {
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = text.split(/[:;]/).map(Number);
  const nominal = Math.round(rate.numerator / rate.denominator);
  const inMinutes = hours * 60 + minutes;
  const dropped = rate.drop_frame ? (nominal / 15) * (inMinutes - Math.floor(inMinutes / 10)) : 0;
  return (inMinutes * 60 + seconds) * nominal + frames - dropped;
}

/** The drop-frame number of a frame: numbers are skipped at nine of ten minutes. */
function withDropped(frame: number, nominal: number): number {
  const left = nominal / 15; // numbers left out a minute: 2 at 30, 4 at 60
  const minute = nominal * 60 - left;
  const ten = nominal * 600 - 9 * left;
  const tens = Math.floor(frame / ten);
  const rest = frame % ten;
  const minutes = rest < left ? 0 : Math.floor((rest - left) / minute);
  return frame + 9 * left * tens + left * minutes;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
