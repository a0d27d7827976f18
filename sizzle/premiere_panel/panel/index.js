(() => {
"use strict";

// src/kept.ts
var KEPT = "dynamic-sizzles.settings";
var SettingsStore = class {
  /**
   * @param texts - for all but the key.
   * @param secret - for the key of the service.
   */
  constructor(texts, secret) {
    this.texts = texts;
    this.secret = secret;
  }
  keep({ titlesBy, pattern, renameClips, service, layout }) {
    try {
      const kept = { titlesBy, pattern, renameClips, service, layout };
      this.texts?.setItem(KEPT, JSON.stringify(kept));
    } catch {
    }
  }
  keepKey(key) {
    void this.secret?.keep(key.trim());
  }
  async key() {
    return await this.secret?.read() ?? "";
  }
  /** What is kept, without what is not as the panel writes it. */
  settings() {
    const { titlesBy, pattern, renameClips, service, layout } = this.read();
    return {
      ...typeof titlesBy === "string" ? { titlesBy } : {},
      ...typeof pattern === "string" ? { pattern } : {},
      ...typeof renameClips === "boolean" ? { renameClips } : {},
      ...typeof service === "string" ? { service } : {},
      ...isFile(layout) ? { layout } : {}
    };
  }
  read() {
    try {
      return JSON.parse(this.texts?.getItem(KEPT) ?? "{}") ?? {};
    } catch {
      return {};
    }
  }
};
function isFile(value) {
  const { name, text: text2 } = value ?? {};
  return typeof name === "string" && typeof text2 === "string";
}

// src/problem.ts
var Problem = class extends Error {
  constructor(what, { where = "", fix }) {
    super(what);
    this.name = "Problem";
    this.where = where;
    this.fix = fix;
  }
};
function asProblem(error) {
  if (error instanceof Problem) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new Problem(`An unexpected error occurred: ${words}`, {
    fix: "try again; if it happens again, restart Premiere."
  });
}
var Stopped = class extends Error {
};

// src/export.ts
function fileName(sequenceName) {
  return `${sequenceName.replace(/[\\/:*?"<>|\p{Cc}]/gu, "-").trim() || "sequence"}.xml`;
}
function exported(path, before, after) {
  if (!after || Number.isNaN(after.modified)) return `Premiere reports an export to ${path}`;
  if (before?.modified === after.modified) {
    throw noExport(path, "the file there is the earlier one, unchanged");
  }
  if (!after.size) throw noExport(path, "the file is empty");
  return `Exported to ${path}`;
}
function noExport(path, why) {
  return new Problem(`Premiere reported an export, but ${why}.`, {
    where: path,
    fix: "choose another folder, or use File > Export > Final Cut Pro XML."
  });
}

// src/words.ts
var MOST_LISTED = 5;
function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
function listed(items) {
  const rest = items.length - MOST_LISTED;
  return [...items.slice(0, MOST_LISTED), ...rest > 0 ? [`and ${rest} more`] : []].join("; ");
}

// src/changes.ts
function placeOf(change) {
  if (change.kind === "add") return change.at;
  return change.kind === "clip" ? change.clip.start : change.marker.start;
}
function nameOf(change) {
  return "name" in change ? change.name : change.marker.name;
}
function describe(change, sequence) {
  switch (change.kind) {
    case "add":
      return "add marker";
    case "rename":
      return `rename marker ${change.marker.name}`;
    case "move":
      return `move marker to ${sequence.clock.timecode(change.at)}`;
    case "remove":
      return "remove marker";
    case "colour":
      return `colour marker ${change.colour}`;
    case "clip":
      return `rename clip ${change.clip.name || "without a name"}`;
  }
}
var COUNTED = [
  ["add", "marker", "to add"],
  ["rename", "marker", "to rename"],
  ["move", "marker", "to move"],
  ["remove", "marker", "to remove"],
  ["colour", "marker", "to colour"],
  ["clip", "clip", "to rename"]
];
function summary(changes) {
  const counts = COUNTED.map(([kind, noun, verb]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count ? `${plural(count, noun)} ${verb}` : "";
  });
  return counts.filter(Boolean).join(", ");
}
function inOrder(changes) {
  return [...changes].sort((one, other) => compare(placeOf(one), placeOf(other)));
}
function compare(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
function applied(sequence, changes) {
  const markers = new Map(sequence.markers.map((marker) => [marker.id, marker]));
  const names = new Map(sequence.clips.map((clip) => [clip, clip.name]));
  const added = [];
  for (const change of changes) {
    if (change.kind === "add") {
      const { at: start2, name, comments } = change;
      added.push({ id: "", name, comments, start: start2, colour: "other" });
    } else if (change.kind === "clip") names.set(change.clip, change.name);
    else if (change.kind === "remove") markers.delete(change.marker.id);
    else changeMarker(markers, change);
  }
  return {
    ...sequence,
    clips: sequence.clips.map((clip) => ({ ...clip, name: names.get(clip) ?? clip.name })),
    markers: [...markers.values(), ...added].sort((one, other) => compare(one.start, other.start))
  };
}
function changeMarker(markers, change) {
  const marker = markers.get(change.marker.id) ?? change.marker;
  if (change.kind === "rename") markers.set(marker.id, { ...marker, name: change.name });
  else if (change.kind === "move") markers.set(marker.id, { ...marker, start: change.at });
  else markers.set(marker.id, { ...marker, colour: change.colour });
}

// src/fixing.ts
var OF_MARKERS = /* @__PURE__ */ new Set(["set-marker", "move-marker", "rename-marker", "remove-marker"]);
function isMechanical({ edits }) {
  return edits.length > 0 && edits.every(isOfMarkers);
}
function fixFindings(sequence, findings) {
  const made = [];
  const left = [];
  let states = sequence.markers.map((origin) => ({
    frame: sequence.clock.frame(origin.start),
    name: origin.name,
    origin
  }));
  for (const finding of [...findings].reverse()) {
    const after = isMechanical(finding) ? statesAfter(states, finding.edits) : null;
    (after ? made : left).unshift(finding);
    states = after ?? states;
  }
  return { changes: changesTo(states, sequence), made, left };
}
function isOfMarkers({ operation, name, frame, to }) {
  if (!OF_MARKERS.has(operation) || frame < 0) return false;
  if (operation === "rename-marker") return typeof to === "string" && to !== "";
  if (operation === "move-marker" && !(Number.isInteger(to) && Number(to) >= 0)) return false;
  return name !== "";
}
function statesAfter(states, edits) {
  const after = [...states];
  for (const { operation, frame, name, to } of edits) {
    if (operation === "set-marker") {
      after.push({ frame, name, origin: null });
      continue;
    }
    const index = after.findIndex((each) => each.frame === frame && each.name === name);
    const state = after[index];
    if (!state) return null;
    if (operation === "remove-marker") after.splice(index, 1);
    else if (operation === "move-marker") after[index] = { ...state, frame: Number(to) };
    else after[index] = { ...state, name: String(to) };
  }
  return after;
}
function changesTo(states, { clock, markers }) {
  const kept = new Set(states.map((state) => state.origin));
  const removals = markers.filter((marker) => !kept.has(marker));
  return inOrder([
    ...removals.map((marker) => ({ kind: "remove", marker })),
    ...states.flatMap(({ frame, name, origin }) => {
      const at = clock.ticks(frame);
      if (!origin) return [{ kind: "add", at, name, comments: "" }];
      const moves = frame !== clock.frame(origin.start);
      return [
        ...name === origin.name ? [] : [{ kind: "rename", marker: origin, name }],
        ...moves ? [{ kind: "move", marker: origin, at }] : []
      ];
    })
  ]);
}

// src/sequence.ts
function alike(marker) {
  return `${marker.start} ${marker.name}
${marker.comments.replace(/\s+/g, " ").trim()}`;
}
function isSame(one, other) {
  return fingerprint(one) === fingerprint(other);
}
function fingerprint(sequence) {
  return JSON.stringify(
    sequence,
    (_, value) => typeof value === "bigint" ? String(value) : value
  );
}

// src/flags.ts
var NAME = /^[a-z]+(-[a-z]+)*( \(.*\))?$/;
var COMMENTS = /^Expected: [^]*\sFound: [^]*\sFix: /;
var NAMING_RULES = /* @__PURE__ */ new Set([
  "clip-number",
  "marker-missing",
  "marker-off-cut",
  "no-markers",
  "split-title",
  "title-unknown"
]);
function isFlag({ name, comments }) {
  return NAME.test(name) && COMMENTS.test(comments);
}
function flagFindings(sequence, report) {
  const stale = /* @__PURE__ */ new Map();
  for (const marker of sequence.markers.filter(isFlag)) {
    stale.set(alike(marker), [...stale.get(alike(marker)) ?? [], marker]);
  }
  const adds = report.findings.flatMap((finding) => {
    const { start: start2, name, comments } = flagOf(finding, sequence);
    const there = stale.get(alike({ start: start2, name, comments }))?.pop();
    return there ? [] : [{ kind: "add", at: start2, name, comments }];
  });
  const removes = [...stale.values()].flat().map((marker) => ({ kind: "remove", marker }));
  return inOrder([...removes, ...adds]);
}
function clearFlags(sequence) {
  return sequence.markers.filter(isFlag).map((marker) => ({ kind: "remove", marker }));
}
function colourFlags(sequence, report) {
  const colours = new Map(
    report.findings.map((finding) => [alike(flagOf(finding, sequence)), colourOf(finding)])
  );
  return sequence.markers.flatMap((marker) => {
    const colour = isFlag(marker) ? colours.get(alike(marker)) : void 0;
    return !colour || colour === marker.colour ? [] : [{ kind: "colour", marker, colour }];
  });
}
function colourOf({ rule, severity }) {
  if (rule.startsWith("media-")) return "magenta";
  if (severity === "warning") return "yellow";
  return NAMING_RULES.has(rule) ? "orange" : "red";
}
function doubts(sequence, report) {
  const here = (frame) => sequence.clock.timecode(sequence.clock.ticks(frame));
  const odd = report.findings.find(({ frame, timecode }) => here(frame) !== timecode);
  return [
    ...report.sequence === sequence.name ? [] : [`The findings are of sequence “${report.sequence}”; this is “${sequence.name}”.`],
    ...odd ? [
      `Frame ${odd.frame} is ${odd.timecode} in the findings and ${here(odd.frame)} here: check rate and start time, or export and validate anew.`
    ] : []
  ];
}
function flagOf(finding, sequence) {
  const { rule, clip, frame, expected, found, fix } = finding;
  return {
    start: sequence.clock.ticks(frame),
    // In brackets, as a bare key would name the clip.
    name: clip ? `${rule} (${clip})` : rule,
    comments: `Expected: ${expected}
Found: ${found}
Fix: ${fix}`
  };
}

// src/key.ts
var KEY = /^(.+)-clip-([1-9][0-9]{0,5})$/;
var TITLE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
var HIGHEST_NUMBER = 999999;
function isTitleId(text2) {
  return TITLE_ID.test(text2);
}
function parseKey(text2) {
  const match = KEY.exec(text2.trim());
  const titleId = match?.[1];
  if (titleId === void 0 || !isTitleId(titleId)) return null;
  return { titleId, number: Number(match?.[2]) };
}
function keyText(titleId, number) {
  return `${titleId}-clip-${number}`;
}

// src/findings.ts
var HOW_TO_MAKE = "make the file with `sizzle validate TIMELINE.xml --json > findings.json`.";
var TEXTS = ["rule", "timecode", "clip", "expected", "found", "fix"];
var COUNTS = ["frame", "track"];
var LAST_FRAME = 1e9;
function parseReport(text2, where) {
  const { sequence, findings } = parseObject(text2, where);
  if (typeof sequence !== "string" || !Array.isArray(findings)) {
    throw new Problem("The file has no findings: `sequence` or `findings` is missing.", {
      where,
      fix: HOW_TO_MAKE
    });
  }
  return {
    sequence,
    findings: findings.map(
      (each, position) => checked(each, `${where}, finding ${position + 1}`)
    )
  };
}
function parseObject(text2, where) {
  try {
    const value = JSON.parse(text2.replace(/^\uFEFF/, ""));
    return isObject(value) ? value : {};
  } catch {
    throw new Problem("The file is not JSON in UTF-8.", { where, fix: HOW_TO_MAKE });
  }
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function checked(value, where) {
  const fields = isObject(value) ? value : {};
  const wrong2 = TEXTS.find((name) => typeof fields[name] !== "string") ?? COUNTS.find((name) => !isCount(fields[name])) ?? (fields["severity"] === "error" || fields["severity"] === "warning" ? null : "severity");
  if (wrong2) {
    throw new Problem(`Its ${wrong2} is missing or malformed.`, { where, fix: HOW_TO_MAKE });
  }
  return { ...fields, edits: checkedEdits(fields["edits"], where) };
}
function checkedEdits(value, where) {
  const edits = Array.isArray(value) ? value : [];
  if (value !== void 0 && value !== edits || !edits.every(isEdit)) {
    throw new Problem("Its edits are malformed.", { where, fix: HOW_TO_MAKE });
  }
  return edits;
}
function isEdit(value) {
  if (!isObject(value)) return false;
  const { operation, name, frame } = value;
  return typeof operation === "string" && typeof name === "string" && Number.isInteger(frame);
}
function isCount(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LAST_FRAME;
}

// src/service_problems.ts
var NEW_KEY = "enter a key that `sizzle keys create NAME --scope assets:write` has printed.";
function unreachable(address, error) {
  const origin = /^https?:\/\/[^/]+/.exec(address)?.[0] ?? address;
  const words = error instanceof Error ? error.message : String(error);
  if (/permission denied|manifest entry/i.test(words)) {
    return new Problem(`Premiere does not let the panel reach ${origin}.`, {
      fix: `close the panel and open it again; else write it for this service and install that: \`sizzle premiere-panel dynamic-sizzles.ccx --service ${origin}\`.`
    });
  }
  return new Problem("The service cannot be reached.", {
    where: origin,
    fix: "check the network and the address, and that the service runs."
  });
}
function noAnswer(where, within) {
  return new Problem(`The service did not answer within ${within / 1e3} seconds.`, {
    where,
    fix: "try again later; if it happens again, ask whoever runs the service."
  });
}
function failureOf(status, retryAfter, text2, where) {
  const { detail, fix } = problemIn(text2);
  const later = /^\d+$/.test(retryAfter ?? "") ? `in ${retryAfter} seconds` : "in a minute";
  const known = {
    401: ["The service does not accept the key.", NEW_KEY],
    403: [`The service refuses this: ${detail || "it gives no reason."}`, NEW_KEY],
    404: [
      "The service takes no timelines at this address.",
      "check the address; the service needs `sizzle serve --ingests FOLDER`."
    ],
    413: [
      detail || "The sequence is too large for the service.",
      fix || "export the Mega Asset's sequence alone, without the sequences nested in it."
    ],
    429: ["The service gets too many requests from this key.", `try again ${later}.`],
    503: [detail || "The service is busy.", `try again ${later}.`]
  };
  const [what, how] = known[status] ?? [
    detail || `The service answered with status ${status}.`,
    fix || "try again; if it happens again, ask whoever runs the service."
  ];
  return new Problem(what, { where, fix: how });
}
function problemIn(text2) {
  try {
    const { detail, fix } = JSON.parse(text2) ?? {};
    return { detail: sentence(detail), fix: sentence(fix) };
  } catch {
    return { detail: "", fix: "" };
  }
}
function sentence(value) {
  return typeof value === "string" ? value.slice(0, 500) : "";
}

// src/service.ts
var ANSWER_WITHIN = 3e4;
var UPLOAD_WITHIN = 3e5;
var CHECK_WITHIN = 9e5;
var LOOK_EVERY = 1e3;
var TICK = 500;
var ORIGIN = /^(https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*|http:\/\/localhost)(:\d{1,5})?(\/|$)/i;
var PATH = /^[a-z]+:\/\/[^/]+(\/[\w.~/-]*)?$/i;
var IN_NUMBERS = /^https?:\/\/(\d+\.){3}\d+(:|\/|$)/i;
var HttpService = class {
  /**
   * @param fetch - sends a request.
   * @param sleep - waits for a time in milliseconds.
   */
  constructor(fetch2, sleep2) {
    this.fetch = fetch2;
    this.sleep = sleep2;
  }
  async check(access, upload, waiting) {
    const base = `${baseOf(access.address)}/v1/ingests`;
    const call = (path2, what, more = {}, within = ANSWER_WITHIN) => this.call(`${base}${path2}`, access, more, within, () => waiting(what));
    const { type, body } = formOf(upload);
    const form = { method: "POST", headers: { "Content-Type": type }, body };
    const { id } = objectIn(await call("", "Sending the sequence…", form, UPLOAD_WITHIN), base);
    const path = `/${encodeURIComponent(String(id))}`;
    await this.untilChecked(() => call(path, "The service is checking…"), base);
    return parseReport(await call(`${path}/findings`, "Reading the findings…"), base);
  }
  /** Wait for the end of a check. @throws {Problem} it failed, or takes too long. */
  async untilChecked(look, where) {
    for (let waited = 0; waited < CHECK_WITHIN; waited += LOOK_EVERY) {
      const { state, failure } = objectIn(await look(), where);
      if (state === "failed") throw failedCheck(failure, where);
      if (state === "checked" || state === "published") return;
      await this.sleep(LOOK_EVERY);
    }
    throw noAnswer(where, CHECK_WITHIN);
  }
  /**
   * The text of a good answer.
   *
   * @param waiting - is called while there is no answer; what it throws gives the request up.
   * @throws {Problem} any other answer, or none in time.
   */
  async call(address, { key }, more, within, waiting) {
    const controller = new AbortController();
    const headers = { Accept: "application/json", ...key ? { Authorization: `Bearer ${key}` } : {} };
    const answer = this.answerTo(address, {
      method: "GET",
      credentials: "omit",
      signal: controller.signal,
      ...more,
      headers: { ...headers, ...more.headers }
    });
    let over = false;
    try {
      return await Promise.race([answer, this.timeout(within, waiting, () => over, address)]);
    } finally {
      over = true;
      answer.catch(() => void 0);
      controller.abort();
    }
  }
  /** Fails when the time is up; once the request is over nobody hears that, and it waits no longer. */
  async timeout(within, waiting, over, address) {
    for (let waited = 0; waited < within && !over(); waited += TICK) {
      waiting();
      await this.sleep(TICK);
    }
    throw noAnswer(address, within);
  }
  async answerTo(address, request) {
    let response;
    let text2;
    try {
      response = await this.fetch(address, request);
      text2 = await response.text();
    } catch (error) {
      throw unreachable(address, error);
    }
    if (response.status >= 200 && response.status < 300) return text2;
    throw failureOf(response.status, response.headers.get("retry-after"), text2, address);
  }
};
function baseOf(text2) {
  const address = text2.trim().replace(/\/+$/, "");
  if (ORIGIN.test(address) && PATH.test(address) && !IN_NUMBERS.test(address)) return address;
  const where = "Service";
  if (!address) {
    throw new Problem("No service is set.", { where, fix: "enter its address, below." });
  }
  if (IN_NUMBERS.test(address)) {
    throw new Problem("Premiere lets no panel reach an address in numbers.", {
      where,
      fix: "use the service's name, such as http://localhost:8000 for this machine."
    });
  }
  throw new Problem("That is not the address of a service.", {
    where,
    fix: "enter one like https://sizzles.example.com; only on this machine http://localhost:8000."
  });
}
function formOf({ fileName: fileName2, xml, assetId, layout }) {
  const boundary = boundaryFor([xml, layout?.text ?? ""]);
  const part = (head, text2) => `--${boundary}\r
Content-Disposition: form-data; ${head}\r
\r
${text2}\r
`;
  const file = (field, name, text2) => part(`name="${field}"; filename="${name.replace(/["\\\r\n]/g, "-")}"`, text2);
  const body = [
    part('name="asset_id"', assetId),
    ...layout ? [file("layout", layout.name, layout.text)] : [],
    file("timeline", fileName2, xml),
    `--${boundary}--\r
`
  ].join("");
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}
function boundaryFor(texts) {
  let boundary = "dynamic-sizzles";
  while (texts.some((text2) => text2.includes(`--${boundary}`))) boundary += "-x";
  return boundary;
}
function objectIn(text2, where) {
  try {
    const value = JSON.parse(text2);
    if (typeof value === "object" && value) return value;
  } catch {
  }
  throw new Problem("The answer is not from Dynamic Sizzles.", {
    where,
    fix: "check the address of the service."
  });
}
function failedCheck(failure, where) {
  const { what, fix } = failure ?? {};
  return new Problem(typeof what === "string" && what ? what : "The check failed.", {
    where,
    fix: typeof fix === "string" && fix ? fix : "export the sequence, and use `sizzle validate`."
  });
}

// src/checking.ts
function checkedReport(sequence, report, before) {
  const fixable = report.findings.filter(isMechanical).length;
  return { sequence, report, before, notes: doubts(sequence, report), fixable };
}
async function checkSequence({ host, files, service }, sequence, { service: address, key, layout }, waiting) {
  const access = { address: baseOf(address), key: checkedKey(key) };
  waiting("Exporting the sequence…");
  const draft = await files.draft("sizzle-check.xml");
  try {
    const before = await draft.state();
    await host.exportXml(sequence, draft.path);
    exported(draft.path, before, await draft.state());
    const xml = await draft.read();
    const assetId = assetIdOf(sequence.name);
    const upload = { fileName: fileName(sequence.name), xml, assetId, layout };
    return await service.check(access, upload, waiting);
  } finally {
    await draft.remove();
  }
}
function refuseChanged({ before }, now) {
  if (!before || isSame(withoutFlags(before), withoutFlags(now))) return;
  throw new Problem("The sequence has changed since it was checked.", {
    where: now.name,
    fix: "check it again."
  });
}
function withoutFlags(sequence) {
  return { ...sequence, markers: sequence.markers.filter((marker) => !isFlag(marker)) };
}
function assetIdOf(name) {
  const id = name.normalize("NFKD").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+|-+$/g, "").slice(0, 100);
  return isTitleId(id) ? id : "sequence";
}
function checkedKey(key) {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]*$/.test(trimmed)) return trimmed;
  throw new Problem("The key has characters that no key has.", {
    where: "Key",
    fix: "copy it again as `sizzle keys create` printed it."
  });
}

// src/titles.ts
var LONGEST_NAME = 300;
var MEDIA_SUFFIX = /\.(avi|braw|jpe?g|m4v|mkv|mov|mp4|mpe?g|mts|mxf|png|r3d|tiff?|webm)$/i;
function compilePattern(text2) {
  const source = text2.replace(/\(\?P</g, "(?<").replace(/\(\?P=(\w+)\)/g, "\\k<$1>");
  if (!groupNames(source).includes("title_id")) {
    throw new Problem("The pattern has no group title_id.", {
      where: "Pattern",
      fix: "name the part that is the title, as in (?P<title_id>[a-z-]+)_v[0-9]+."
    });
  }
  return new RegExp(source);
}
function groupNames(source) {
  try {
    return Object.keys(new RegExp(`${source}|`).exec("")?.groups ?? {});
  } catch (error) {
    throw new Problem(`The pattern is not a valid regular expression: ${error.message}.`, {
      where: "Pattern",
      fix: "correct it; it is matched against each clip's name."
    });
  }
}
function titlesOf(clips, named, rule) {
  if (rule.by === "marker") return carriedOn(named.map((marker) => titleInKey(marker?.name)));
  if (rule.by === "selection") {
    return clips.map(
      (clip, position) => rule.starts.has(clip.start) ? rule.titleId : titleInKey(named[position]?.name)
    );
  }
  if (rule.by === "sheet") {
    return clips.map(({ name }) => rule.titles.get(name.trim()) ?? titleInKey(name));
  }
  const said = rule.by === "name" ? titleInName : (name) => titleInMatch(name, rule.pattern);
  return clips.map((clip) => said(clip.name));
}
function carriedOn(titles) {
  let last = null;
  return titles.map((title) => last = title ?? last);
}
function titleInKey(name) {
  return parseKey(name ?? "")?.titleId ?? null;
}
function titleInName(name) {
  const bare = name.trim().replace(MEDIA_SUFFIX, "");
  return titleInKey(bare) ?? (isTitleId(bare) ? bare : null);
}
function titleInMatch(name, pattern) {
  const title = pattern.exec(name.slice(0, LONGEST_NAME))?.groups?.["title_id"];
  if (title !== void 0 && isTitleId(title)) return title;
  return titleInKey(name);
}

// src/numbering.ts
function numberClips(sequence, options) {
  const { clips } = sequence;
  if (!clips.length) throw noClips(sequence);
  const keyed = sequence.markers.filter((marker) => parseKey(marker.name));
  const named = firstInside(clips, keyed);
  const keys = numbered(sequence, titlesOf(clips, named, options.rule), options.rule);
  const kept = new Set(named);
  return inOrder([
    ...keyed.filter((marker) => !kept.has(marker)).map(removal),
    ...clips.flatMap((clip, position) => {
      const key = keys[position];
      if (!key) return [];
      const renamed = options.renameClips && clip.name !== key;
      return [
        ...marked(clip, named[position] ?? null, key),
        ...renamed ? [{ kind: "clip", clip, name: key }] : []
      ];
    })
  ]);
}
function firstInside(clips, markers) {
  let next = 0;
  return clips.map((clip) => {
    while ((markers[next]?.start ?? clip.start) < clip.start) next += 1;
    const marker = markers[next];
    return marker && marker.start < clip.end ? marker : null;
  });
}
function removal(marker) {
  return { kind: "remove", marker };
}
function marked(clip, marker, key) {
  if (!marker) return [{ kind: "add", at: clip.start, name: key, comments: "" }];
  return [
    ...marker.name === key ? [] : [{ kind: "rename", marker, name: key }],
    ...marker.start === clip.start ? [] : [{ kind: "move", marker, at: clip.start }]
  ];
}
function numbered(sequence, titles, rule) {
  const partial = rule.by === "selection";
  const unknown = sequence.clips.filter((_, position) => !partial && titles[position] === null);
  if (unknown.length) throw unknownTitles(sequence, unknown, rule);
  const counts = /* @__PURE__ */ new Map();
  return titles.map((title) => {
    if (title === null) return "";
    const number = (counts.get(title) ?? 0) + 1;
    if (number > HIGHEST_NUMBER) throw tooMany(title);
    counts.set(title, number);
    return keyText(title, number);
  });
}
function noClips(sequence) {
  return new Problem(`V${sequence.track} has no clips.`, {
    where: sequence.name,
    fix: "choose the track that the clips are on."
  });
}
var HOW_TO_NAME = {
  marker: "set a sequence marker <title_id>-clip-1 on the first clip of each title.",
  name: "name such clips by their title id (letters, digits, '.', '_', '-'), or use a pattern.",
  sheet: "add a row with the clip's name to the sheet.",
  selection: "select clips, and enter their title's id.",
  pattern: "correct the pattern: its group title_id must match letters, digits, '.', '_' and '-'."
};
function unknownTitles(sequence, unknown, rule) {
  const places = unknown.map(
    (clip) => `${sequence.clock.timecode(clip.start)} ${clip.name || "(no name)"}`
  );
  return new Problem(
    `The title is unknown for ${plural(unknown.length, "clip")}; nothing is written.`,
    { where: listed(places), fix: HOW_TO_NAME[rule.by] }
  );
}
function tooMany(titleId) {
  return new Problem(`Title ${titleId} has over ${HIGHEST_NUMBER} clips.`, {
    fix: "check how titles are identified."
  });
}

// src/readback.ts
function unmet(before, changes, after) {
  const expected = applied(before, changes);
  return [
    ...lacking(expected.markers, after.markers).map((each) => `no ${text(each, before)}`),
    ...lacking(after.markers, expected.markers).map((each) => `still ${text(each, before)}`),
    ...expected.clips.filter((clip, position) => !isThere(clip, after.clips[position])).map((clip) => `no clip ${clip.name} at ${before.clock.timecode(clip.start)}`),
    ...after.clipCount === expected.clipCount ? [] : [`${plural(after.clipCount, "clip")} instead of ${expected.clipCount}`],
    ...uncoloured(changes, after).map((each) => `no colour on ${text(each, before)}`)
  ];
}
function isThere(expected, found) {
  return found?.name === expected.name && found.start === expected.start;
}
function lacking(some, others) {
  const counts = /* @__PURE__ */ new Map();
  for (const marker of others) counts.set(alike(marker), (counts.get(alike(marker)) ?? 0) + 1);
  return some.filter((marker) => {
    const left = counts.get(alike(marker)) ?? 0;
    counts.set(alike(marker), left - 1);
    return left <= 0;
  });
}
function uncoloured(changes, after) {
  const colours = new Map(after.markers.map((marker) => [marker.id, marker.colour]));
  return changes.flatMap(
    (change) => change.kind === "colour" && colours.get(change.marker.id) !== change.colour ? [change.marker] : []
  );
}
function text(marker, sequence) {
  return `marker ${marker.name} at ${sequence.clock.timecode(marker.start)}`;
}

// src/plan.ts
function planNumbering(sequence, options) {
  const made = plan(sequence, "Number clips", (now) => numberClips(now, options));
  return { ...made, about: aboutTitles(sequence, made.changes) };
}
function planFindings(sequence, report) {
  const made = plan(sequence, "Show findings", (now) => flagFindings(now, report));
  const colour = (now) => colourFlags(now, report);
  const steps = [...made.steps, { label: "Colour findings", changes: colour }];
  const changes = made.changes.length ? made.changes : colour(sequence);
  const about = `${plural(report.findings.length, "finding")}.`;
  return { ...made, about, changes, notes: doubts(sequence, report), keepsFindings: true, steps };
}
function planFixing(sequence, report) {
  const { made, left } = fixFindings(sequence, report.findings);
  const planned = plan(sequence, "Fix findings", (now) => fixFindings(now, report.findings).changes);
  const about = `Mends ${made.length} of ${plural(report.findings.length, "finding")}.`;
  const rest = left.length ? [`${plural(left.length, "finding")} left for you: their rows say what to do.`] : [];
  return { ...planned, about, notes: [...doubts(sequence, report), ...rest] };
}
function planClearing(sequence) {
  return plan(sequence, "Clear findings", clearFlags);
}
function plan(sequence, title, changes) {
  const step = { label: title, changes };
  const made = { title, about: "", sequence, changes: changes(sequence), notes: [] };
  return { ...made, keepsFindings: false, steps: [step] };
}
function aboutTitles(sequence, changes) {
  const keys = applied(sequence, changes).markers.map((marker) => parseKey(marker.name));
  const titles = new Set(keys.flatMap((key) => key ? [key.titleId] : []));
  return `${plural(sequence.clips.length, "clip")} of ${plural(titles.size, "title")}.`;
}
function isEmpty({ changes }) {
  return !changes.length;
}
async function carryOut(host, { title, sequence, steps }, progress) {
  let now = sequence;
  let undos = 0;
  for (const { label, changes } of steps) {
    const wanted = changes(now);
    if (!wanted.length) continue;
    await host.write(now, label, wanted, progress);
    undos += 1;
    const after = await written(host, now, label, progress);
    refuseUnmet(unmet(now, wanted, after), label);
    now = after;
  }
  const more = undos > 1 ? `; ${plural(undos, "step")} of Edit > Undo` : "";
  return { note: `${title}: done${more}.`, sequence: now };
}
async function written(host, before, label, progress) {
  try {
    return await host.readAgain(before, progress);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new Problem(`Stopped: “${label}” is written, but not checked.`, {
      where: before.name,
      fix: "press the button again: it lists what is left to change."
    });
  }
}
function refuseUnmet(differences, label) {
  if (!differences.length) return;
  const count = plural(differences.length, "difference");
  throw new Problem(`Premiere reported success, but with ${count} from the plan.`, {
    where: listed(differences),
    fix: `use Edit > Undo ${label}, unlock the track, let nothing move meanwhile, and try again.`
  });
}

// src/sheet.ts
var FIX = "save it from the spreadsheet as CSV UTF-8, with the columns clip_name and title_id, or title_id and source as for `sizzle mega build`.";
function parseSheet(text2, where) {
  const [header = [], ...rows] = parseCsv(text2.replace(/^\uFEFF/, ""), where);
  const namedBy = columnsOf(header, where);
  const titles = /* @__PURE__ */ new Map();
  rows.forEach((row, position) => {
    const { names, titleId } = namedBy(row);
    const problem = wrong(titles, names, titleId);
    if (problem) throw new Problem(problem, { where: `${where}, row ${position + 2}`, fix: FIX });
    names.forEach((name) => titles.set(name, titleId));
  });
  return titles;
}
function columnsOf(header, where) {
  const column = (name) => {
    const index = header.indexOf(name);
    return (row) => index < 0 ? "" : row[index] ?? "";
  };
  const [titleId, clip, source] = [column("title_id"), column("clip"), column("source")];
  if (header.includes("title_id") && header.includes("clip_name")) {
    const name = column("clip_name");
    return (row) => ({ names: [name(row)], titleId: titleId(row) });
  }
  if (header.includes("title_id") && header.includes("source")) {
    return (row) => ({
      names: clip(row) ? [clip(row)] : fileNames(source(row)),
      titleId: titleId(row)
    });
  }
  throw new Problem("The sheet has no columns clip_name and title_id.", { where, fix: FIX });
}
function fileNames(path) {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  return [name, name.replace(/\.[^.]*$/, "")];
}
function wrong(titles, names, titleId) {
  const other = names.find((name) => (titles.get(name) ?? titleId) !== titleId);
  if (other) return `Clip name “${other}” has two titles, ${titles.get(other)} and ${titleId}.`;
  return isTitleId(titleId) ? "" : `“${titleId}” is no title id.`;
}
function parseCsv(text2, where) {
  const separator = separatorOf(text2.split("\n", 1)[0] ?? "");
  const rows = [[]];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, "y");
  for (let match = cell.exec(text2); match; match = cell.exec(text2)) {
    const [, quoted, plain = "", end] = match;
    rows.at(-1)?.push((quoted?.replace(/""/g, '"') ?? plain).trim());
    if (!end) return rows.filter((row) => row.some(Boolean));
    if (end !== separator) rows.push([]);
  }
  throw new Problem("The sheet is not CSV: a quote is not closed, or is within a cell.", {
    where,
    fix: FIX
  });
}
function separatorOf(header) {
  const count = (separator) => header.split(separator).length;
  return [",", ";", "	"].reduce((best, each) => count(each) > count(best) ? each : best);
}

// src/settings.ts
async function titleRule({ track, titlesBy, pattern, title }, files, host, progress) {
  if (titlesBy === "pattern") return { by: "pattern", pattern: compilePattern(pattern) };
  if (titlesBy === "sheet") {
    const file = await files.chooseSheet();
    return file && { by: "sheet", titles: parseSheet(file.text, file.name) };
  }
  if (titlesBy !== "selection") return { by: titlesBy };
  const titleId = checkedTitle(title);
  const starts = await host.selectedStarts(track, progress);
  if (!starts.size) {
    throw new Problem(`No clip on V${track} is selected.`, {
      fix: "select the clips of one title in the timeline."
    });
  }
  return { by: "selection", titleId, starts };
}
function checkedTitle(text2) {
  const titleId = text2.trim();
  if (isTitleId(titleId)) return titleId;
  throw new Problem(titleId ? `“${titleId}” is no title id.` : "The title id is missing.", {
    where: "Title id",
    fix: "enter letters, digits, '.', '_' and '-', such as midnight-harbor."
  });
}

// src/panel.ts
var Panel = class {
  constructor(host, files, service, view) {
    this.host = host;
    this.files = files;
    this.service = service;
    this.view = view;
    this.plan = null;
    this.checked = null;
    this.active = "";
    this.busy = false;
    this.stopping = false;
    /** Another sequence was activated while the panel was busy. */
    this.missed = false;
    this.progress = (done, total) => this.wait({ text: `${done} of ${plural(total, "clip")} read`, share: done / total });
    this.waiting = (text2) => this.wait({ text: text2, share: null });
  }
  /** Show the active sequence from now on. The buttons work even where that cannot be followed. */
  async start() {
    const refused2 = this.follow();
    await this.refresh();
    if (refused2) this.view.showProblem(refused2);
  }
  /** Show which sequence is active. What was said and planned for another one goes. */
  refresh() {
    return this.attempt(async () => {
      const before = this.active;
      await this.read("outline");
      if (this.active !== before) this.startAnew();
    });
  }
  /** «Number clips» */
  numberClips() {
    return this.press(async () => {
      const settings = this.view.settings();
      const rule = await titleRule(settings, this.files, this.host, this.progress);
      if (!rule) return;
      const options = { rule, renameClips: settings.renameClips };
      this.propose(planNumbering(await this.read("clips"), options));
    });
  }
  /** «Show findings…» */
  showFindings() {
    return this.press(async () => {
      const file = await this.files.chooseFindings();
      if (!file) return;
      const report = parseReport(file.text, file.name);
      this.showReport(checkedReport(await this.read("outline"), report, null));
    });
  }
  /** «Check sequence»: have the service check it, as it is now. */
  checkSequence() {
    return this.press(async () => {
      const settings = this.view.settings();
      const { host, files, service, waiting } = this;
      const sequence = await this.read("outline");
      const report = await checkSequence({ host, files, service }, sequence, settings, waiting);
      this.showReport(checkedReport(sequence, report, sequence));
    });
  }
  /** «Layout…» */
  chooseLayout() {
    return this.attempt(async () => {
      const file = await this.files.chooseLayout();
      if (file) this.view.setLayout(file);
    });
  }
  /** «Fix…»: mend the findings that are of markers alone. */
  fixFindings() {
    return this.withReport((sequence, report) => planFixing(sequence, report));
  }
  /** «Mark…»: a marker on each finding. */
  markFindings() {
    return this.withReport((sequence, report) => planFindings(sequence, report));
  }
  /** «Clear findings» */
  clearFindings() {
    return this.press(async () => this.propose(planClearing(await this.read("outline"))));
  }
  /** «Export XML…» */
  exportXml() {
    return this.press(async () => {
      const sequence = await this.read("outline");
      const destination = await this.files.chooseDestination(fileName(sequence.name));
      if (!destination) return;
      const before = await destination.state();
      await this.host.exportXml(sequence, destination.path);
      this.view.showNote(exported(destination.path, before, await destination.state()));
    });
  }
  /** «Write»: carry out what is shown. */
  write() {
    const { plan: plan2, checked: checked2 } = this;
    return this.press(async () => {
      if (!plan2) return;
      const { note, sequence } = await carryOut(this.host, plan2, this.progress);
      this.show(sequence);
      if (checked2 && plan2.keepsFindings) this.showReport(checked2);
      this.view.showNote(note);
    });
  }
  /** «Cancel», or settings that what is shown was not made with: back to what was before. */
  cancel() {
    const { plan: plan2, checked: checked2 } = this;
    this.startAnew();
    if (plan2 && checked2) this.showReport(checked2);
  }
  /** A press on a row of a list. */
  goTo(time) {
    const sequence = (this.plan ?? this.checked)?.sequence;
    return this.attempt(async () => {
      if (sequence) await this.host.movePlayhead(sequence, time);
    });
  }
  /** «Stop»: read no further. A transaction that has begun is not interrupted. */
  stop() {
    this.stopping = true;
  }
  wait(waited) {
    this.view.showProgress(waited);
    if (this.stopping) throw new Stopped();
  }
  /** A plan for the sequence that was checked, as long as it is still as it was. */
  withReport(planned) {
    const { checked: checked2 } = this;
    return this.attempt(async () => {
      if (!checked2) return;
      this.view.showNote("");
      const sequence = await this.read("outline");
      refuseChanged(checked2, sequence);
      this.propose(planned(sequence, checked2.report));
    });
  }
  follow() {
    try {
      this.host.onActivated(() => this.activated());
      return null;
    } catch (error) {
      return new Problem(`Premiere does not report changes of sequence: ${asProblem(error).message}`, {
        fix: "go on; each button reads the sequence that is active when you press it."
      });
    }
  }
  activated() {
    if (this.busy) this.missed = true;
    else void this.refresh();
  }
  press(work) {
    return this.attempt(async () => {
      this.startAnew();
      await work();
    });
  }
  /** One thing at a time: a picker opened by a button can make UXP send the click again. */
  async attempt(work) {
    if (this.busy) return;
    this.stopping = false;
    this.setBusy(true);
    try {
      await work();
    } catch (error) {
      if (error instanceof Stopped) this.view.showNote("Stopped; nothing was written.");
      else this.view.showProblem(asProblem(error));
    } finally {
      this.view.showProgress(null);
      this.setBusy(false);
    }
    if (!this.missed) return;
    this.missed = false;
    await this.refresh();
  }
  async read(detail) {
    try {
      const { track } = this.view.settings();
      return this.show(await this.host.read(track, detail, this.progress));
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.active = "";
      this.view.showSequence(null);
      throw error;
    }
  }
  show(sequence) {
    this.active = `${sequence.id} ${sequence.name}`;
    this.view.showSequence(sequence);
    return sequence;
  }
  showReport(checked2) {
    this.checked = checked2;
    if (checked2.report.findings.length) this.view.showReport(checked2);
    else this.view.showNote("Checked: no findings.");
  }
  propose(plan2) {
    this.plan = isEmpty(plan2) ? null : plan2;
    if (this.plan) this.view.showReport(null);
    if (this.plan) this.view.showPlan(plan2);
    else this.view.showNote(`${plan2.title}: nothing to change.`);
  }
  startAnew() {
    this.plan = null;
    this.checked = null;
    this.view.showPlan(null);
    this.view.showReport(null);
    this.view.showNote("");
  }
  setBusy(busy) {
    this.busy = busy;
    this.view.showBusy(busy);
  }
};

// src/premiere/open.ts
async function openActive(ppro, track) {
  const project = await activeProject(ppro);
  const sequence = await activeSequence(project);
  const tracks = await videoTracks(sequence);
  if (!tracks[track - 1]) {
    throw new Problem(
      `The sequence has no V${track}; it has ${plural(tracks.length, "video track")}.`,
      {
        where: sequence.name,
        fix: "choose another track."
      }
    );
  }
  const markers = await ppro.Markers.getMarkers(sequence);
  return { ppro, project, sequence, markers, tracks, track };
}
async function activeProject(ppro) {
  const project = await orNothing(() => ppro.Project.getActiveProject());
  if (!project) throw new Problem("No project is open.", { fix: "open the Mega Asset's project." });
  return project;
}
async function activeSequence(project) {
  const sequence = await orNothing(() => project.getActiveSequence());
  if (!sequence) {
    throw new Problem("No sequence is active.", {
      where: project.name,
      fix: "open the Mega Asset's sequence and click into its timeline."
    });
  }
  return sequence;
}
async function videoTracks(sequence) {
  const count = await sequence.getVideoTrackCount();
  return Promise.all(Array.from({ length: count }, (_, index) => sequence.getVideoTrack(index)));
}
async function orNothing(ask) {
  try {
    return await ask() ?? null;
  } catch {
    return null;
  }
}

// src/clock.ts
var TICKS_A_SECOND = 254016000000n;
var Clock = class {
  /**
   * @param ticksPerFrame - the length of a frame.
   * @param zero - the start timecode, in ticks.
   * @param dropFrame - whether timecode skips numbers to keep up with the clock.
   */
  constructor(ticksPerFrame, zero = 0n, dropFrame = false) {
    this.ticksPerFrame = ticksPerFrame;
    this.zero = zero;
    this.dropFrame = dropFrame;
    if (ticksPerFrame <= 0n) {
      throw new Problem(`The sequence's frames are ${ticksPerFrame} ticks long.`, {
        fix: "open another sequence and this one again."
      });
    }
  }
  /** Frames that one timecode second counts: 24 at 24000/1001. */
  get timebase() {
    return Number((TICKS_A_SECOND + this.ticksPerFrame - 1n) / this.ticksPerFrame);
  }
  /** The rate as editors say it: `23.976`, `25`, `29.97 DF`. */
  get rate() {
    const thousandths = Number(TICKS_A_SECOND * 1000n / this.ticksPerFrame);
    const text2 = String(thousandths / 1e3);
    return this.dropFrame ? `${text2} DF` : text2;
  }
  /** Where a frame starts, counted from the sequence's first. */
  ticks(frame) {
    return BigInt(frame) * this.ticksPerFrame;
  }
  /** The frame that is on screen at a time. */
  frame(ticks) {
    return Number(ticks / this.ticksPerFrame);
  }
  /** SMPTE text of a time in the sequence; past 24 hours the bare frame, as SMPTE has no word. */
  timecode(ticks) {
    const frame = this.frame(ticks);
    const count = this.frame(this.zero) + frame;
    if (count >= this.framesADay) return `frame ${frame}`;
    return this.text(count + this.skippedBefore(count));
  }
  get droppedAMinute() {
    return this.dropFrame ? this.timebase / 15 : 0;
  }
  get framesTenMinutes() {
    return 600 * this.timebase - 9 * this.droppedAMinute;
  }
  get framesADay() {
    return 24 * 6 * this.framesTenMinutes;
  }
  /** How many numbers drop-frame counting has skipped before a frame. */
  skippedBefore(count) {
    const dropped = this.droppedAMinute;
    const tens = Math.floor(count / this.framesTenMinutes);
    const rest = count % this.framesTenMinutes;
    const minutes = Math.floor(Math.max(0, rest - dropped) / (60 * this.timebase - dropped));
    return dropped * (9 * tens + minutes);
  }
  text(number) {
    const frames = number % this.timebase;
    const seconds = Math.floor(number / this.timebase);
    const hours = Math.floor(seconds / 3600);
    const width = Math.max(2, String(this.timebase - 1).length);
    const clock = [hours, Math.floor(seconds / 60) % 60, seconds % 60].map((part) => pad(part, 2));
    return `${clock.join(":")}${this.dropFrame ? ";" : ":"}${pad(frames, width)}`;
  }
};
function pad(value, width) {
  return String(value).padStart(width, "0");
}

// src/premiere/colours.ts
function indexOf(ppro, colour) {
  return table(ppro)[colour];
}
function colourOf2(ppro, index) {
  const known = Object.entries(table(ppro));
  return known.find(([, number]) => number === index)?.[0] ?? "other";
}
function table({ Constants }) {
  const { RED, ORANGE, MAGNETA, YELLOW, GREEN } = Constants.MarkerColor;
  return { red: RED, orange: ORANGE, magenta: MAGNETA, yellow: YELLOW, other: GREEN };
}

// src/premiere/reading.ts
var CLIPS_AT_ONCE = 10;
var DROP_FRAME_DISPLAYS = [102, 106];
async function read(opened, detail, pace) {
  const outline = await readOutline(opened);
  const found = await inBatches(detail === "clips" ? clipItems(opened) : [], readClip, pace);
  return readingOf(outline, found);
}
async function readAgain(opened, before, pace) {
  const outline = await readOutline(opened);
  const items = before.clips.length ? clipItems(opened) : [];
  const found = (await inBatches(items, readStart, pace)).sort(byStart);
  return readingOf(
    outline,
    found.map(([clip, item], position) => [
      { ...clip, end: before.clips[position]?.end ?? clip.start },
      item
    ])
  );
}
async function readSelection(opened, pace) {
  const found = await inBatches(
    clipItems(opened),
    (item) => Promise.all([item.getIsSelected(), item.getStartTime()]),
    pace
  );
  return new Set(found.flatMap(([selected, start2]) => selected ? [BigInt(start2.ticks)] : []));
}
function identityOf({ project, sequence }) {
  return `${project.guid} ${sequence.guid}`;
}
function clipItems({ ppro, tracks, track }) {
  return tracks[track - 1]?.getTrackItems(ppro.Constants.TrackItemType.CLIP, false) ?? [];
}
function readMarkers(opened) {
  return [...liveMarkers(opened)].map(([id, marker]) => readMarker(opened.ppro, id, marker));
}
function liveMarkers({ markers }) {
  const timed = markers.getMarkers().map((each) => [BigInt(each.getStart().ticks), each]);
  const counts = /* @__PURE__ */ new Map();
  return new Map(
    timed.sort(([one], [other]) => compare(one, other)).map(([, marker]) => {
      const guid = String(marker.guid);
      const count = (counts.get(guid) ?? 0) + 1;
      counts.set(guid, count);
      return [count === 1 ? guid : `${guid} #${count}`, marker];
    })
  );
}
async function readOutline(opened) {
  return {
    id: identityOf(opened),
    name: opened.sequence.name,
    clock: await readClock(opened),
    tracks: opened.tracks.map((track) => track.name),
    track: opened.track,
    clipCount: clipItems(opened).length,
    clips: [],
    markers: readMarkers(opened)
  };
}
function readMarker(ppro, id, marker) {
  return {
    id,
    name: marker.getName(),
    comments: marker.getComments(),
    start: BigInt(marker.getStart().ticks),
    colour: colourOf2(ppro, marker.getColorIndex())
  };
}
async function readClock({ sequence }) {
  const [timebase, zero, display] = await Promise.all([
    sequence.getTimebase(),
    sequence.getZeroPoint(),
    sequence.getSequenceVideoTimeDisplayFormat()
  ]);
  return new Clock(
    BigInt(timebase),
    // a text: the ticks of one frame
    BigInt(zero.ticks),
    DROP_FRAME_DISPLAYS.includes(display.type)
  );
}
function readingOf(outline, found) {
  const inOrder2 = [...found].sort(byStart);
  return {
    sequence: { ...outline, clips: inOrder2.map(([clip]) => clip) },
    items: inOrder2.map(([, item]) => item)
  };
}
function byStart([one], [other]) {
  return compare(one.start, other.start);
}
async function inBatches(items, work, { progress, pause }) {
  const results = [];
  for (let from = 0; from < items.length; from += CLIPS_AT_ONCE) {
    results.push(...await Promise.all(items.slice(from, from + CLIPS_AT_ONCE).map(work)));
    progress(results.length, items.length);
    await pause();
  }
  return results;
}
async function readStart(item) {
  const [name, start2] = await Promise.all([item.getName(), item.getStartTime()]);
  return [{ name, start: BigInt(start2.ticks) }, item];
}
async function readClip(item) {
  const [[clip], end] = await Promise.all([readStart(item), item.getEndTime()]);
  return [{ ...clip, end: BigInt(end.ticks) }, item];
}

// src/premiere/actions.ts
function actionsFor(opened, items, changes) {
  const { ppro, markers } = opened;
  const live = liveMarkers(opened);
  const find = ({ id }) => live.get(id) ?? gone();
  const at = (ticks) => ppro.TickTime.createWithTicks(String(ticks));
  return changes.map((change) => {
    switch (change.kind) {
      case "add":
        return markers.createAddMarkerAction(
          change.name,
          ppro.Marker.MARKER_TYPE_COMMENT,
          at(change.at),
          ppro.TickTime.TIME_ZERO,
          change.comments
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
function gone() {
  throw new Error("a clip or marker of the list is gone");
}

// src/premiere/writing.ts
function write(opened, reading, expected, label, changes) {
  locked(opened, label, () => {
    const now = {
      ...reading.sequence,
      clipCount: clipItems(opened).length,
      markers: readMarkers(opened)
    };
    if (!isSame(now, expected)) throw changedMeanwhile(expected);
    const items = new Map(expected.clips.map((clip, position) => [clip, reading.items[position]]));
    execute(opened, label, actionsFor(opened, items, changes));
  });
}
function locked(opened, label, work) {
  const outcome = { ran: false };
  opened.project.lockedAccess(() => {
    outcome.ran = true;
    try {
      work();
    } catch (error) {
      outcome.error = error;
    }
  });
  if (outcome.error instanceof Problem) throw outcome.error;
  if (outcome.error) throw refused(opened, label, outcome.error.message);
  if (!outcome.ran) throw refused(opened, label, "it did not lock the project");
}
function execute(opened, label, actions) {
  const done = opened.project.executeTransaction((compound) => {
    for (const action of actions) {
      if (compound.addAction(action) === false) throw new Error("it did not take all actions");
    }
  }, label);
  if (!done) throw refused(opened, label, "it did not say why");
}
function changedMeanwhile({ name }) {
  return new Problem("The sequence has changed since the list was made; nothing was written.", {
    where: name,
    fix: "press the button again and look at the new list."
  });
}
function refused({ sequence, track }, label, why) {
  return new Problem(`Premiere refused “${label}”: ${why}.`, {
    where: sequence.name,
    fix: `unlock V${track} and close open dialogs, then try again.`
  });
}

// src/premiere/host.ts
var PremiereHost = class {
  /** @param pause - waits between batches of calls. */
  constructor(ppro, pause = nextTask) {
    this.ppro = ppro;
    this.pause = pause;
  }
  async read(track, detail, progress) {
    const opened = await openActive(this.ppro, track);
    return (await read(opened, detail, { progress, pause: this.pause })).sequence;
  }
  async readAgain(before, progress) {
    const opened = await openActive(this.ppro, before.track);
    return (await readAgain(opened, before, { progress, pause: this.pause })).sequence;
  }
  async write(sequence, label, changes, progress) {
    const opened = await openActive(this.ppro, sequence.track);
    const now = await readAgain(opened, sequence, { progress, pause: this.pause });
    write(opened, now, sequence, label, changes);
  }
  async selectedStarts(track, progress) {
    const opened = await openActive(this.ppro, track);
    return readSelection(opened, { progress, pause: this.pause });
  }
  async movePlayhead(sequence, time) {
    const active = await this.stillActive(sequence, "press the button again for a new list.");
    if (!await active.setPlayerPosition(this.ppro.TickTime.createWithTicks(String(time)))) {
      throw new Problem("Premiere did not move the playhead.", {
        where: sequence.clock.timecode(time),
        fix: "click into the timeline, and try again."
      });
    }
  }
  async exportXml(expected, path) {
    const sequence = await this.stillActive(expected, "press Export XML again.");
    const { ProjectConverter } = this.ppro;
    if (!await ProjectConverter.exportAsFinalCutProXML(sequence, path, true)) {
      throw new Problem("Premiere did not export the sequence.", {
        where: path,
        fix: "choose a folder that can be written to, or use File > Export > Final Cut Pro XML."
      });
    }
  }
  /** The active sequence. @throws {Problem} it is not the expected one. */
  async stillActive({ id, name, track }, fix) {
    const opened = await openActive(this.ppro, track);
    if (identityOf(opened) !== id || opened.sequence.name !== name) {
      throw new Problem("Another sequence is active now.", { where: opened.sequence.name, fix });
    }
    return opened.sequence;
  }
  onActivated(listener) {
    const { EventManager, Constants } = this.ppro;
    EventManager.addGlobalEventListener(Constants.SequenceEvent.ACTIVATED, listener, true);
    EventManager.addGlobalEventListener(Constants.ProjectEvent.ACTIVATED, listener, true);
  }
};
function nextTask() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

// src/theme.ts
function followTheme(document2) {
  const { theme } = document2;
  if (!theme) return;
  const apply = (name) => document2.body.classList.toggle("theme-light", !name.includes("dark"));
  try {
    apply(theme.getCurrent());
    theme.onUpdated.addListener(apply);
  } catch {
  }
}

// src/uxp/files.ts
var UxpFiles = class {
  constructor(disk) {
    this.disk = disk;
  }
  chooseFindings() {
    return this.choose("json");
  }
  chooseSheet() {
    return this.choose("csv");
  }
  chooseLayout() {
    return this.choose("toml");
  }
  async draft(name) {
    const folder = await this.disk.getTemporaryFolder();
    const entry = await folder.createFile(name, { overwrite: true });
    return {
      path: entry.nativePath,
      state: () => stateOf(entry),
      read: async () => String(await entry.read()),
      remove: () => removed(entry)
    };
  }
  async choose(type) {
    const entry = await this.disk.getFileForOpening({ types: [type] });
    return entry ? { name: entry.name, text: String(await entry.read()) } : null;
  }
  async chooseDestination(suggestedName) {
    const entry = await this.disk.getFileForSaving(suggestedName, { types: ["xml"] });
    if (!entry) return null;
    return { path: entry.nativePath, state: () => stateOf(entry) };
  }
};
async function stateOf(entry) {
  try {
    const { size, dateModified } = await entry.getMetadata();
    return { size, modified: dateModified.getTime() };
  } catch {
    return null;
  }
}
async function removed(entry) {
  try {
    await entry.delete();
  } catch {
  }
}

// src/uxp/secrets.ts
var NAME2 = "dynamic-sizzles.key";
var UxpSecret = class {
  /** @param storage - null where there is none: then the key is entered at each start. */
  constructor(storage) {
    this.storage = storage;
  }
  async read() {
    try {
      const bytes = await this.storage?.getItem(NAME2);
      return bytes ? String.fromCharCode(...bytes) : "";
    } catch {
      return "";
    }
  }
  async keep(secret) {
    try {
      await (secret ? this.storage?.setItem(NAME2, secret) : this.storage?.removeItem(NAME2));
    } catch {
    }
  }
};

// src/rows.ts
var ROWS_SHOWN = 200;
var RowList = class {
  /** @param onPress - is called with the time of a row that is pressed. */
  constructor(document2, element, onPress) {
    this.document = document2;
    this.element = element;
    this.onPress = onPress;
    this.rows = [];
    this.current = 0;
    element.setAttribute("role", "listbox");
    element.addEventListener("keydown", (event) => this.onKey(event));
  }
  /**
   * Show rows in place of those before.
   *
   * @param restOf - the line about as many rows that are not shown.
   */
  fill(rows, restOf) {
    this.rows = rows.slice(0, ROWS_SHOWN).map((row) => this.shown(row));
    const rest = rows.length - this.rows.length;
    const more = rest > 0 ? [lineOf(this.document, [restOf(rest), "faint"])] : [];
    this.element.replaceChildren(...this.rows, ...more);
    this.choose(0);
  }
  shown(row) {
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
  onKey(event) {
    const last = this.rows.length - 1;
    const targets = {
      ArrowDown: Math.min(this.current + 1, last),
      ArrowUp: Math.max(this.current - 1, 0),
      Home: 0,
      End: last
    };
    const target = targets[event.key];
    if (target !== void 0) {
      this.choose(target);
      this.rows[target]?.focus();
    } else if (event.key === "Enter" || event.key === " ") this.rows[this.current]?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  choose(index) {
    this.current = index;
    this.rows.forEach((row, position) => {
      row.setAttribute("tabindex", position === index ? "0" : "-1");
      row.setAttribute("aria-selected", String(position === index));
      row.classList.toggle("current", position === index);
    });
  }
};
function lineOf(document2, [text2, className]) {
  const line = document2.createElement("div");
  line.className = className;
  line.textContent = text2;
  return line;
}

// src/view.ts
var SETTINGS = ["track", "titles-by", "pattern", "title", "rename-clips", "service", "key"];
var DocumentView = class {
  /** @param kept - where settings are kept from one start to the next. */
  constructor(document2, kept = new SettingsStore(null, null)) {
    this.document = document2;
    this.kept = kept;
    this.onRow = () => void 0;
    this.layout = null;
    const list = (id) => new RowList(document2, this.find(id), (time) => this.onRow(time));
    this.changeRows = list("plan-list");
    this.findingRows = list("report-list");
  }
  /** Let the buttons do what the panel does. */
  connect(panel) {
    this.onClick("number-clips", () => panel.numberClips());
    this.onClick("check-sequence", () => panel.checkSequence());
    this.onClick("show-findings", () => panel.showFindings());
    this.onClick("clear-findings", () => panel.clearFindings());
    this.onClick("export-xml", () => panel.exportXml());
    this.onClick("choose-layout", () => panel.chooseLayout());
    this.onClick("default-layout", () => this.setLayout(null));
    this.onClick("fix-findings", () => panel.fixFindings());
    this.onClick("mark-findings", () => panel.markFindings());
    this.onClick("close-report", () => panel.cancel());
    this.onClick("write", () => panel.write());
    this.onClick("cancel", () => panel.cancel());
    this.onClick("stop", () => panel.stop());
    this.onRow = (time) => panel.goTo(time);
    this.restore();
    this.showFields();
    for (const id of SETTINGS) {
      this.find(id).addEventListener("change", () => this.changed(id, panel));
    }
  }
  settings() {
    return {
      track: Number(this.input("track").value),
      titlesBy: this.input("titles-by").value,
      pattern: this.input("pattern").value,
      title: this.input("title").value,
      renameClips: this.input("rename-clips").checked,
      service: this.input("service").value,
      key: this.input("key").value,
      layout: this.layout
    };
  }
  showBusy(busy) {
    this.document.body.classList.toggle("busy", busy);
  }
  showSequence(sequence) {
    this.find("sequence").textContent = sequence?.name ?? "No sequence";
    this.find("details").textContent = sequence ? details(sequence) : "";
    if (sequence) this.showTracks(sequence);
  }
  showPlan(plan2) {
    this.showPane("plan", plan2 !== null);
    if (!plan2) return;
    this.find("plan-title").textContent = plan2.title;
    this.find("write").textContent = `Write ${plural(plan2.changes.length, "change")}`;
    this.fill("plan-notes", [
      this.line(`${plan2.about} ${summary(plan2.changes)}.`.trim()),
      ...plan2.notes.map((note) => this.line(note, "warn"))
    ]);
    const rows = plan2.changes.map((change) => changeRow(change, plan2.sequence));
    this.changeRows.fill(rows, (rest) => `and ${plural(rest, "more change")}`);
  }
  showReport(checked2) {
    this.showPane("report", checked2 !== null);
    if (!checked2) return;
    const { findings } = checked2.report;
    this.find("report-title").textContent = plural(findings.length, "finding");
    this.find("fix-findings").textContent = `Fix ${checked2.fixable}…`;
    this.show("fix-findings", checked2.fixable > 0);
    this.fill("report-notes", checked2.notes.map((note) => this.line(note, "warn")));
    const rows = findings.map((finding) => findingRow(finding, checked2.sequence));
    this.findingRows.fill(rows, (rest) => `and ${plural(rest, "more finding")}`);
  }
  setLayout(layout) {
    this.layout = layout;
    this.find("choose-layout").textContent = `Layout: ${layout?.name ?? "default"}…`;
    this.show("default-layout", layout !== null);
    this.kept.keep(this.settings());
  }
  showProgress(waited) {
    this.show("progress", waited !== null);
    if (!waited) return;
    this.find("progress-text").textContent = waited.text;
    this.show("progress-track", waited.share !== null);
    this.find("progress-bar").style.width = `${Math.floor(100 * (waited.share ?? 0))}%`;
  }
  /** Show why the panel cannot work at all; no button is left that does nothing. */
  showUnusable(problem) {
    this.showProblem(problem);
    this.show("controls", false);
  }
  showProblem({ message, where, fix }) {
    this.find("message").className = "message bad";
    this.fill("message", [
      this.line(message),
      ...where ? [this.line(where, "faint")] : [],
      this.line(`Fix: ${fix}`)
    ]);
  }
  showNote(text2) {
    this.find("message").className = text2 ? "message" : "message hidden";
    this.fill("message", [this.line(text2)]);
  }
  showFields() {
    const { titlesBy } = this.settings();
    this.show("pattern-field", titlesBy === "pattern");
    this.show("title-field", titlesBy === "selection");
  }
  changed(id, panel) {
    this.showFields();
    if (id === "key") this.kept.keepKey(this.input("key").value);
    else this.kept.keep(this.settings());
    panel.cancel();
    if (id === "track") void panel.refresh();
  }
  /** Set what was set before. The track is not: another sequence may not have it. */
  restore() {
    const { titlesBy, pattern, renameClips, service, layout } = this.kept.settings();
    const options = [...this.find("titles-by").children].map((each) => each.getAttribute("value"));
    if (titlesBy && options.includes(titlesBy)) this.input("titles-by").value = titlesBy;
    if (pattern !== void 0) this.input("pattern").value = pattern;
    if (renameClips !== void 0) this.input("rename-clips").checked = renameClips;
    if (service) this.input("service").value = service;
    if (layout) this.setLayout(layout);
    void this.kept.key().then((key) => {
      if (!this.input("key").value) this.input("key").value = key;
    });
  }
  /** One pane at a time: a small panel has no room for more. */
  showPane(id, shown) {
    this.show(id, shown);
    const isHidden = (pane) => this.find(pane).classList.contains("hidden");
    this.show("controls", isHidden("plan") && isHidden("report"));
  }
  showTracks({ tracks, track }) {
    const options = tracks.map((name, index) => {
      const option = this.document.createElement("option");
      option.setAttribute("value", String(index + 1));
      if (index + 1 === track) option.setAttribute("selected", "");
      const short = `V${index + 1}`;
      option.textContent = name && !name.endsWith(String(index + 1)) ? `${short} ${name}` : short;
      return option;
    });
    this.fill("track", options);
  }
  line(text2, className = "") {
    return lineOf(this.document, [text2, className]);
  }
  onClick(id, work) {
    this.find(id).addEventListener("click", () => void work());
  }
  show(id, shown) {
    this.find(id).classList.toggle("hidden", !shown);
  }
  fill(id, children) {
    this.find(id).replaceChildren(...children);
  }
  input(id) {
    return this.find(id);
  }
  find(id) {
    const element = this.document.getElementById(id);
    if (!element) throw new Error(`index.html has no element #${id}`);
    return element;
  }
};
function changeRow(change, sequence) {
  const time = placeOf(change);
  const comments = "comments" in change ? [[change.comments, "comments"]] : [];
  return {
    time,
    timecode: sequence.clock.timecode(time),
    lines: [[nameOf(change), ""], [describe(change, sequence), change.kind], ...comments]
  };
}
function findingRow(finding, { clock }) {
  const { rule, clip, severity, frame, timecode, expected, found, fix } = finding;
  return {
    time: clock.ticks(frame),
    timecode,
    lines: [
      [clip ? `${rule}: ${clip}` : rule, severity],
      [`Expected ${expected}; found ${found}.`, ""],
      [`Fix: ${fix}`, "faint"]
    ]
  };
}
function details({ clock, clipCount, track }) {
  const found = `${plural(clipCount, "clip")} on V${track}`;
  return `${clock.rate} fps from ${clock.timecode(0n)}, ${found}`;
}

// src/start.ts
async function start(document2, modules) {
  const secrets = orNull(() => modules.uxp().storage.secureStorage ?? null);
  const kept = new SettingsStore(orNull(modules.storage), new UxpSecret(secrets));
  const view = new DocumentView(document2, kept);
  followTheme(document2);
  try {
    const files = new UxpFiles(modules.uxp().storage.localFileSystem);
    const service = new HttpService(modules.fetch, sleep);
    const panel = new Panel(new PremiereHost(modules.premierepro()), files, service, view);
    view.connect(panel);
    await panel.start();
  } catch (error) {
    view.showUnusable(asProblem(error));
  }
}
function sleep(time) {
  return new Promise((resolve) => setTimeout(resolve, time));
}
function orNull(load) {
  try {
    return load();
  } catch {
    return null;
  }
}

// src/main.ts
void start(document, {
  storage: () => localStorage,
  premierepro: () => require("premierepro"),
  uxp: () => require("uxp"),
  fetch: (address, request) => fetch(address, request)
});
})();
