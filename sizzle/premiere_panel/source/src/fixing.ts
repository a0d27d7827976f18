/**
 * The fixes that the panel can make: those of markers alone, the same as `sizzle validate --fix`
 * makes. All else changes the picture, and is for the editor to decide.
 */

import { type Change, inOrder } from "./changes";
import type { Edit, Finding } from "./findings";
import type { Marker, Sequence } from "./sequence";

/** What becomes of findings. */
export interface Fixes {
  readonly changes: readonly Change[];
  /** The findings that the changes mend. */
  readonly made: readonly Finding[];
  /** The others, which need the editor. */
  readonly left: readonly Finding[];
}

/** A marker as it will be; its origin is the marker that it was, or null for a new one. */
interface MarkerState {
  readonly frame: number;
  readonly name: string;
  readonly origin: Marker | null;
}

const OF_MARKERS = new Set(["set-marker", "move-marker", "rename-marker", "remove-marker"]);

/** Whether a program can make a finding's fix: no clip, and no name that only people know. */
export function isMechanical({ edits }: Finding): boolean {
  return edits.length > 0 && edits.every(isOfMarkers);
}

/** Make every fix that is mechanical, and whose markers are where its edits expect them. */
export function fixFindings(sequence: Sequence, findings: readonly Finding[]): Fixes {
  const made: Finding[] = [];
  const left: Finding[] = [];
  let states: readonly MarkerState[] = sequence.markers.map((origin) => ({
    frame: sequence.clock.frame(origin.start),
    name: origin.name,
    origin,
  }));
  // From the last to the first, so that no edit moves what another one's frames mean.
  for (const finding of [...findings].reverse()) {
    const after = isMechanical(finding) ? statesAfter(states, finding.edits) : null;
    (after ? made : left).unshift(finding);
    states = after ?? states;
  }
  return { changes: changesTo(states, sequence), made, left };
}

function isOfMarkers({ operation, name, frame, to }: Edit): boolean {
  if (!OF_MARKERS.has(operation) || frame < 0) return false;
  if (operation === "rename-marker") return typeof to === "string" && to !== "";
  if (operation === "move-marker" && !(Number.isInteger(to) && Number(to) >= 0)) return false;
  return name !== "";
}

/** The markers after some edits, or null where one is of a marker that is not there. */
function statesAfter(
  states: readonly MarkerState[],
  edits: readonly Edit[],
): readonly MarkerState[] | null {
  const after = [...states];
  for (const { operation, frame, name, to } of edits) {
    if (operation === "set-marker") {
      after.push({ frame, name, origin: null });
      continue;
    }
    const index = after.findIndex((each) => each.frame === frame && each.name === name);
    const state = after[index];
    if (!state) return null;
    if (operation === "remove-marker") after.splice(index, 1);
    else if (operation === "move-marker") after[index] = { ...state, frame: Number(to) };
    else after[index] = { ...state, name: String(to) };
  }
  return after;
}

/** One change a marker and kind, however many edits led to it. */
function changesTo(states: readonly MarkerState[], { clock, markers }: Sequence): Change[] {
  const kept = new Set(states.map((state) => state.origin));
  const removals = markers.filter((marker) => !kept.has(marker));
  return inOrder([
    ...removals.map((marker) => ({ kind: "remove", marker }) as const),
    ...states.flatMap(({ frame, name, origin }): Change[] => {
      const at = clock.ticks(frame);
      if (!origin) return [{ kind: "add", at, name, comments: "" }];
      // A marker between two frames that only gets a name stays where it is.
      const moves = frame !== clock.frame(origin.start);
      return [
        ...(name === origin.name ? [] : [{ kind: "rename", marker: origin, name } as const]),
        ...(moves ? [{ kind: "move", marker: origin, at } as const] : []),
      ];
    }),
  ]);
}
