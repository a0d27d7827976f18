/**
 * A list of places in the sequence, for the mouse and the keyboard: the arrow keys, Home and End go
 * from row to row, Enter or Space moves the playhead. The Tab key finds the list once.
 */

const ROWS_SHOWN = 200; // UXP lays out every row that there is; counts elsewhere tell the rest

/** A line of a row: its text and its class. */
export type Line = readonly [text: string, className: string];

/** A place in the sequence, and what is to be said of it. */
export interface Row {
  readonly time: bigint;
  readonly timecode: string;
  readonly lines: readonly Line[];
}

/** An element with rows. */
export class RowList {
  private rows: HTMLElement[] = [];
  private current = 0;

  /** @param onPress - is called with the time of a row that is pressed. */
  constructor(
    private readonly document: Document,
    private readonly element: HTMLElement,
    private readonly onPress: (time: bigint) => unknown,
  ) {
    element.setAttribute("role", "listbox");
    element.addEventListener("keydown", (event) => this.onKey(event));
  }

  /**
   * Show rows in place of those before.
   *
   * @param restOf - the line about as many rows that are not shown.
   */
  fill(rows: readonly Row[], restOf: (count: number) => string): void {
    this.rows = rows.slice(0, ROWS_SHOWN).map((row) => this.shown(row));
    const rest = rows.length - this.rows.length;
    const more = rest > 0 ? [lineOf(this.document, [restOf(rest), "faint"])] : [];
    this.element.replaceChildren(...this.rows, ...more);
    this.choose(0);
  }

  private shown(row: Row): HTMLElement {
    const element = this.document.createElement("div");
    element.setAttribute("role", "option");
    const stack = this.document.createElement("div");
    stack.append(...row.lines.map((line) => lineOf(this.document, line)));
    element.append(lineOf(this.document, [row.timecode, "timecode"]), stack);
    element.addEventListener("click", () => {
      this.choose(this.rows.indexOf(element));
      void this.onPress(row.time);
    });
    return element;
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.rows.length - 1;
    const targets: Record<string, number> = {
      ArrowDown: Math.min(this.current + 1, last),
      ArrowUp: Math.max(this.current - 1, 0),
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      this.choose(target);
      this.rows[target]?.focus();
    } else if (event.key === "Enter" || event.key === " ") this.rows[this.current]?.click();
    else return;
    // Premiere would move its playhead by a frame, or play.
    event.preventDefault();
    event.stopPropagation();
  }

  private choose(index: number): void {
    this.current = index;
    this.rows.forEach((row, position) => {
      row.setAttribute("tabindex", position === index ? "0" : "-1");
      row.setAttribute("aria-selected", String(position === index));
      row.classList.toggle("current", position === index);
    });
  }
}

/** A line of text. */
export function lineOf(document: Document, [text, className]: Line): HTMLElement {
  const line = document.createElement("div");
  line.className = className;
  line.textContent = text;
  return line;
}
