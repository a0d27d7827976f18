/** From changes to Premiere's actions; to be called under the project's lock only. */

import type { Action, Marker as HostMarker, VideoClipTrackItem } from "@adobe/premierepro";

import type { Change } from "../changes";
import type { Clip, Marker } from "../sequence";
import { indexOf } from "./colours";
import type { Opened } from "./open";
import { liveMarkers } from "./reading";

/**
 * One action a change, in the same order.
 *
 * @param items - Premiere's object for each clip.
 * @throws {Error} a clip or marker is gone, or Premiere makes no action of it.
 */
export function actionsFor(
  opened: Opened,
  items: ReadonlyMap<Clip, VideoClipTrackItem | undefined>,
  changes: readonly Change[],
): Action[] {
  const { ppro, markers } = opened;
  const live = liveMarkers(opened);
  const find = ({ id }: Marker): HostMarker => live.get(id) ?? gone();
  const at = (ticks: bigint) => ppro.TickTime.createWithTicks(String(ticks));
  return changes.map((change): Action => {
    switch (change.kind) {
      case "add":
        return markers.createAddMarkerAction(
          change.name,
          ppro.Marker.MARKER_TYPE_COMMENT,
          at(change.at),
          ppro.TickTime.TIME_ZERO,
          change.comments,
        );
      case "rename":
        return find(change.marker).createSetNameAction(change.name);
      case "move":
        return markers.createMoveMarkerAction(find(change.marker), at(change.at));
      case "remove":
        return markers.createRemoveMarkerAction(find(change.marker));
      case "colour":
        return find(change.marker).createSetColorByIndexAction(indexOf(ppro, change.colour));
      case "clip":
        return (items.get(change.clip) ?? gone()).createSetNameAction(change.name);
    }
  });
}

function gone(): never {
  throw new Error("a clip or marker of the list is gone");
}
