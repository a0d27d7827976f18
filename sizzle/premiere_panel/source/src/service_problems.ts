/** What goes wrong between the panel and the service, each with what the editor can do. */

import { Problem } from "./problem";

const NEW_KEY = "enter a key that `sizzle keys create NAME --scope assets:write` has printed.";

/** No connection. @param error - what `fetch` ended with. */
export function unreachable(address: string, error: unknown): Problem {
  const origin = /^https?:\/\/[^/]+/.exec(address)?.[0] ?? address;
  const words = error instanceof Error ? error.message : String(error);
  if (/permission denied|manifest entry/i.test(words)) {
    return new Problem(`Premiere does not let the panel reach ${origin}.`, {
      fix:
        "close the panel and open it again; else write it for this service and install that: " +
        `\`sizzle premiere-panel dynamic-sizzles.ccx --service ${origin}\`.`,
    });
  }
  return new Problem("The service cannot be reached.", {
    where: origin,
    fix: "check the network and the address, and that the service runs.",
  });
}

/** No answer in time. */
export function noAnswer(where: string, within: number): Problem {
  return new Problem(`The service did not answer within ${within / 1000} seconds.`, {
    where,
    fix: "try again later; if it happens again, ask whoever runs the service.",
  });
}

/**
 * An answer that is a refusal or an error.
 *
 * @param retryAfter - the header of that name.
 * @param text - the answer's body, a problem of RFC 9457 where it is the service's.
 */
export function failureOf(
  status: number,
  retryAfter: string | null,
  text: string,
  where: string,
): Problem {
  const { detail, fix } = problemIn(text);
  const later = /^\d+$/.test(retryAfter ?? "") ? `in ${retryAfter} seconds` : "in a minute";
  const known: Record<number, readonly [what: string, fix: string]> = {
    401: ["The service does not accept the key.", NEW_KEY],
    403: [`The service refuses this: ${detail || "it gives no reason."}`, NEW_KEY],
    404: [
      "The service takes no timelines at this address.",
      "check the address; the service needs `sizzle serve --ingests FOLDER`.",
    ],
    413: [
      detail || "The sequence is too large for the service.",
      fix || "export the Mega Asset's sequence alone, without the sequences nested in it.",
    ],
    429: ["The service gets too many requests from this key.", `try again ${later}.`],
    503: [detail || "The service is busy.", `try again ${later}.`],
  };
  const [what, how] = known[status] ?? [
    detail || `The service answered with status ${status}.`,
    fix || "try again; if it happens again, ask whoever runs the service.",
  ];
  return new Problem(what, { where, fix: how });
}

function problemIn(text: string): { detail: string; fix: string } {
  try {
    const { detail, fix } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    return { detail: sentence(detail), fix: sentence(fix) };
  } catch {
    return { detail: "", fix: "" };
  }
}

function sentence(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 500) : "";
}
