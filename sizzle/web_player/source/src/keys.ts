// Keyboard shortcuts.

export type Command =
  | "play"
  | "back"
  | "forward"
  | "back-second"
  | "forward-second"
  | "previous"
  | "next"
  | "start"
  | "end"
  | "mute"
  | "quality"
  | "engine"
  | "orders"
  | "why"
  | "full"
  | "help";

interface Key {
  keys: readonly string[];
  command: Command;
  label: string;
  description: string;
}

const KEYS: readonly Key[] = [
  { keys: [" ", "k"], command: "play", label: "Space", description: "play or pause" },
  { keys: ["ArrowLeft"], command: "back", label: "←", description: "one frame back" },
  { keys: ["ArrowRight"], command: "forward", label: "→", description: "one frame forward" },
  { keys: ["Shift+ArrowLeft"], command: "back-second", label: "Shift ←", description: "one second back" },
  { keys: ["Shift+ArrowRight"], command: "forward-second", label: "Shift →", description: "one second forward" },
  { keys: ["ArrowUp"], command: "previous", label: "↑", description: "previous cut" },
  { keys: ["ArrowDown"], command: "next", label: "↓", description: "next cut" },
  { keys: ["Home"], command: "start", label: "Home", description: "first frame" },
  { keys: ["End"], command: "end", label: "End", description: "last frame" },
  { keys: ["m"], command: "mute", label: "M", description: "sound on or off" },
  { keys: ["q"], command: "quality", label: "Q", description: "next quality" },
  { keys: ["e"], command: "engine", label: "E", description: "other engine" },
  { keys: ["n"], command: "orders", label: "N", description: "how the next reel changes" },
  { keys: ["w"], command: "why", label: "W", description: "why the titles are in this order" },
  { keys: ["f"], command: "full", label: "F", description: "full screen" },
  { keys: ["?"], command: "help", label: "?", description: "this list" },
];

export const SHORTCUTS: readonly (readonly [string, string])[] = [
  ...KEYS.map(({ label, description }) => [label, description] as const),
  ["1 – 9", "next cut of rank A – I"],
];

export interface Keyboard {
  command: (command: Command) => void;
  rank: (rank: number) => void;
}

/** Listen to keys, except those typed into a field or meant for a list of options. */
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
  if (target?.closest("input:not([type=checkbox]), select, textarea, dialog")) return true;
  // A focused button or switch is pressed by the space bar.
  return event.key === " " && target !== null && target.closest("button, a, input") !== null;
}
