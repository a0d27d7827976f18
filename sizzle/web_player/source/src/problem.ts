/** An error in words for the user of the page. */
export class Problem extends Error {
  /** @param fix how to correct it. */
  constructor(
    what: string,
    readonly fix: string,
  ) {
    super(what);
    this.name = "Problem";
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new Problem(`The player failed: ${what}`, "Reload the page; if it happens again, report it.");
}
