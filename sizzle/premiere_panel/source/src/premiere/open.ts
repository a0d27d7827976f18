/** Hold of the active sequence, or a problem that says what to open. */

import type { Markers, premierepro, Project, Sequence, VideoTrack } from "@adobe/premierepro";

import { Problem } from "../problem";
import { plural } from "../words";

/** Premiere's own objects for the active sequence and one of its video tracks. */
export interface Opened {
  readonly ppro: premierepro;
  readonly project: Project;
  readonly sequence: Sequence;
  readonly markers: Markers;
  /** All video tracks, V1 first. */
  readonly tracks: readonly VideoTrack[];
  /** The one whose clips are worked on, 1 for V1. */
  readonly track: number;
}

/**
 * Get hold of the active sequence.
 *
 * @param track - whose clips, 1 for V1.
 * @throws {Problem} no project, no sequence, or no such track.
 */
export async function openActive(ppro: premierepro, track: number): Promise<Opened> {
  const project = await activeProject(ppro);
  const sequence = await activeSequence(project);
  const tracks = await videoTracks(sequence);
  if (!tracks[track - 1]) {
    throw new Problem(
      `The sequence has no V${track}; it has ${plural(tracks.length, "video track")}.`,
      {
        where: sequence.name,
        fix: "choose another track.",
      },
    );
  }
  const markers = await ppro.Markers.getMarkers(sequence);
  return { ppro, project, sequence, markers, tracks, track };
}

/** The types promise a project even where none is open; Premiere then gives nothing, or throws. */
async function activeProject(ppro: premierepro): Promise<Project> {
  const project = await orNothing(() => ppro.Project.getActiveProject());
  if (!project) throw new Problem("No project is open.", { fix: "open the Mega Asset's project." });
  return project;
}

async function activeSequence(project: Project): Promise<Sequence> {
  const sequence = await orNothing(() => project.getActiveSequence());
  if (!sequence) {
    throw new Problem("No sequence is active.", {
      where: project.name,
      fix: "open the Mega Asset's sequence and click into its timeline.",
    });
  }
  return sequence;
}

async function videoTracks(sequence: Sequence): Promise<VideoTrack[]> {
  const count = await sequence.getVideoTrackCount();
  return Promise.all(Array.from({ length: count }, (_, index) => sequence.getVideoTrack(index)));
}

async function orNothing<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return (await ask()) ?? null;
  } catch {
    return null;
  }
}
