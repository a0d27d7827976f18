// SMPTE timecode of a frame of the sequence, as the service writes it.

export function timecodes({ timebase, start, drop }) {
  const base = Number(timebase);
  const first = Number(start);
  const dropped = drop === "true" ? base / 15 : 0; // numbers left out each minute but the tenth
  const minute = base * 60 - dropped;
  const tens = minute * 10 + dropped;

  return (frame) => {
    let count = (first + frame) % (tens * 144);
    if (dropped) {
      const rest = count % tens;
      const minutes = rest < base * 60 ? 0 : 1 + Math.floor((rest - base * 60) / minute);
      count += dropped * (9 * Math.floor(count / tens) + minutes);
    }
    const seconds = Math.floor(count / base);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
    return `${text}${dropped ? ";" : ":"}${String(count % base).padStart(2, "0")}`;
  };
}
