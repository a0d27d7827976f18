// What each key does.

export type Command =
  | "play"
  | "back"
  | "on"
  | "back-second"
  | "on-second"
  | "previous"
  | "next"
  | "start"
  | "end"
  | "mute"
  | "quality"
  | "engine"
  | "full"
  | "help";

interface Key {
  keys: readonly string[];
  command: Command;
  shown: string;
  says: string;
}

const KEYS: readonly Key[] = [
  { keys: [" ", "k"], command: "play", shown: "Space", says: "play or pause" },
  { keys: ["ArrowLeft"], command: "back", shown: "←", says: "one frame back" },
  { keys: ["ArrowRight"], command: "on", shown: "→", says: "one frame on" },
  { keys: ["Shift+ArrowLeft"], command: "back-second", shown: "Shift ←", says: "a second back" },
  { keys: ["Shift+ArrowRight"], command: "on-second", shown: "Shift →", says: "a second on" },
  { keys: ["ArrowUp"], command: "previous", shown: "↑", says: "to the previous cut" },
  { keys: ["ArrowDown"], command: "next", shown: "↓", says: "to the next cut" },
  { keys: ["Home"], command: "start", shown: "Home", says: "to the first frame" },
  { keys: ["End"], command: "end", shown: "End", says: "to the last frame" },
  { keys: ["m"], command: "mute", shown: "M", says: "sound on or off" },
  { keys: ["q"], command: "quality", shown: "Q", says: "the next quality" },
  { keys: ["e"], command: "engine", shown: "E", says: "the other engine" },
  { keys: ["f"], command: "full", shown: "F", says: "the whole screen" },
  { keys: ["?"], command: "help", shown: "?", says: "this list" },
];

export const SHOWN: readonly (readonly [string, string])[] = [
  ...KEYS.map(({ shown, says }) => [shown, says] as const),
  ["1 – 9", "to the next cut of rank A – I"],
];

export interface Keyboard {
  command: (command: Command) => void;
  rank: (rank: number) => void;
}

/** Listen, but leave alone what is typed into a field or meant for a list of options. */
export function listen({ command, rank }: Keyboard): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isForAField(event)) return;
    if (/^[1-9]$/.test(event.key)) rank(Number(event.key));
    else {
      const found = commandOf(event);
      if (!found) return;
      command(found);
    }
    event.preventDefault();
  });
}

function commandOf(event: KeyboardEvent): Command | undefined {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pressed = event.shiftKey && key.length > 1 ? `Shift+${key}` : key;
  return KEYS.find(({ keys }) => keys.includes(pressed))?.command;
}

function isForAField(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  if (target?.closest("input, select, textarea, dialog")) return true;
  // A focused button is pressed by the space bar.
  return event.key === " " && target?.closest("button, a") !== null && target !== null;
}
