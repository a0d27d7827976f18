// Plays the HLS playlists of a reel with hls.js, to which the reel is an ordinary film.

import Hls, { type ErrorData } from "hls.js";

import { Problem } from "../problem";
import { addressOf } from "../service";
import type { Engine, EngineSetting, Size } from "./engine";

export async function open({ video, reel, onProblem, signal }: EngineSetting): Promise<Engine> {
  if (!Hls.isSupported()) throw cannotPlay();
  const address = addressOf(await reel, "hls");
  return new Promise((resolve, reject) => {
    const hls = new Hls({
      // A worker would have nothing to do: the browser takes the segments as they are.
      enableWorker: false,
      // No rendition that is larger than the picture on the page.
      capLevelToPlayerSize: true,
    });
    let ready = false;
    const fail = (problem: Problem): void => (ready ? onProblem(problem) : reject(problem));
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      ready = true;
      resolve(engineOf(hls));
    });
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (data.fatal) fail(problemOf(data));
    });
    signal.addEventListener("abort", () => {
      hls.destroy();
      reject(signal.reason as Error);
    });
    hls.loadSource(address);
    hls.attachMedia(video);
  });
}

function engineOf(hls: Hls): Engine {
  const levelOf = (size: string): number => hls.levels.findIndex((level) => nameOf(level) === size);
  let showing = "";
  hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
    const level = hls.levels[frag.level];
    if (frag.type === "main" && level) showing = nameOf(level);
  });
  return {
    get sizes(): Size[] {
      return hls.levels
        .map((level) => ({ name: nameOf(level), height: level.height, bandwidth: level.bitrate }))
        .sort((one, other) => other.height - one.height);
    },
    get showing(): string {
      return showing;
    },
    choose(size): void {
      hls.nextLevel = size === "auto" ? -1 : levelOf(size);
    },
    destroy(): void {
      hls.destroy();
    },
  };
}

/** The packager's names of renditions. */
function nameOf(level: { height: number }): string {
  return `${level.height}p`;
}

function problemOf({ type, details, response }: ErrorData): Problem {
  if (type === Hls.ErrorTypes.NETWORK_ERROR && !response?.code) {
    return new Problem(
      "The connection to the service was lost.",
      "Check that the service is running and that you are connected, then try again.",
    );
  }
  if (type === Hls.ErrorTypes.NETWORK_ERROR) {
    return new Problem(
      `The service responded with ${response?.code} to the reel's playlist.`,
      "Try again: the reel is then composed anew.",
    );
  }
  return new Problem(`hls.js cannot play the reel: ${details}.`, "Try the other engine.");
}

function cannotPlay(): Problem {
  return new Problem(
    "This browser has no Media Source Extensions.",
    "Open the HLS address below in a player that takes it, such as Safari's own.",
  );
}
