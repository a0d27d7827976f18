/** Colours of markers, which Premiere counts. */

import type { premierepro } from "@adobe/premierepro";

import type { Colour } from "../sequence";

/** Premiere's number of a colour. */
export function indexOf(ppro: premierepro, colour: Colour): number {
  return table(ppro)[colour];
}

/** The colour of one of Premiere's numbers. */
export function colourOf(ppro: premierepro, index: number): Colour {
  const known = Object.entries(table(ppro)) as [Colour, number][];
  return known.find(([, number]) => number === index)?.[0] ?? "other";
}

function table({ Constants }: premierepro): Record<Colour, number> {
  const { RED, ORANGE, MAGNETA, YELLOW, GREEN } = Constants.MarkerColor;
  return { red: RED, orange: ORANGE, magenta: MAGNETA, yellow: YELLOW, other: GREEN };
}
