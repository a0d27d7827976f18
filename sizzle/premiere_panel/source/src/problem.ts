/**
 * What stops the panel, told the way every error of Dynamic Sizzles is: what is wrong, where, and
 * how to mend it.
 */
export class Problem extends Error {
  readonly where: string;
  readonly fix: string;

  constructor(what: string, { where = "", fix }: { where?: string; fix: string }) {
    super(what);
    this.name = "Problem";
    this.where = where;
    this.fix = fix;
  }
}

/** Any error as a problem: one that nobody foresaw keeps its own words. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new Problem(`An unexpected error occurred: ${words}`, {
    fix: "try again; if it happens again, restart Premiere.",
  });
}

/** The editor pressed Stop while the panel was reading. */
export class Stopped extends Error {}
