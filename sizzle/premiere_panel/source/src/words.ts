/** Small turns of phrase that many messages share. */

const MOST_LISTED = 5;

/** `1 marker`, `2 markers`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `a; b; and 7 more`: the first few of a list that may be long. */
export function listed(items: readonly string[]): string {
  const rest = items.length - MOST_LISTED;
  return [...items.slice(0, MOST_LISTED), ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}
