// The page of a reel: a button on the picture, titles that can be chosen, and what was seen.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const video = document.getElementById("video");
const play = document.getElementById("play");
const titles = [...document.querySelectorAll(".title")];

// Without this script the browser's own controls play the reel; they would hide its picture.
play.hidden = false;
video.controls = false;
// Refused without a gesture, or interrupted: the page shows that it is paused.
const start = () => void video.play().catch(() => {});
play.addEventListener("click", () => {
  start();
  video.focus();
});
video.addEventListener("play", () => {
  play.hidden = true;
  video.controls = true;
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("button, video");
  if (event.key !== " " || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  video.paused ? start() : video.pause();
});

// Addresses of a page that was left open may have expired: it gets others when it is loaded again.
const loaded = Date.now();
const AN_HOUR = 3_600_000;
for (const failing of [video, ...video.querySelectorAll("source")]) {
  failing.addEventListener("error", () => Date.now() - loaded > AN_HOUR && location.reload());
}

for (const title of titles) {
  title.addEventListener("click", () => {
    const seek = () => (video.currentTime = Number(title.dataset.start) + 0.001);
    video.readyState ? seek() : video.addEventListener("loadedmetadata", seek, { once: true });
    start();
    video.scrollIntoView({ block: "nearest" });
  });
}

// What was seen. A frame counts once, while it plays in a page that is visible.

const last = data.cuts.at(-1).stop - 1;
const seen = new Uint8Array(last + 1);
const fresh = new Map(); // frames of each cut that were not reported yet
let before; // the frame that was last on screen
let started = false;
let ended = false;
let playing = -1;

const frameNow = () => Math.max(0, Math.min(last, Math.floor(video.currentTime * data.fps + 0.01)));
const cutAt = (frame) => data.cuts.findIndex(({ stop }) => frame < stop);
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

const waiting = [];
function tell(type, content = {}) {
  if (!data.token) return;
  const time = new Date().toISOString();
  waiting.push({ id: newId(), type, time, reel_id: data.reel_id, ...content });
}

function send() {
  if (!waiting.length) return;
  const events = waiting.splice(0, 100);
  const body = JSON.stringify({ token: data.token, sent_at: new Date().toISOString(), events });
  const headers = { "content-type": "application/json" };
  // Events have ids of their own, so that one sent again is recorded once.
  fetch("/v1/events", { method: "POST", keepalive: true, headers, body })
    .then((response) => {
      if (response.status === 429 || response.status >= 500) throw new Error();
    })
    .catch(() => waiting.unshift(...events));
}

function report() {
  for (const [index, frames] of fresh) {
    const seconds = Math.round((frames / data.fps) * 1000) / 1000;
    const attributes = { title_id: data.cuts[index].title_id };
    tell("reel_progress", { attributes, metrics: { cut: index + 1, frames, seconds } });
  }
  fresh.clear();
  send();
}

function show(frame) {
  if (before !== undefined) {
    for (let at = before + 1; at <= frame; at++) {
      if (seen[at]) continue;
      seen[at] = 1;
      const index = cutAt(at);
      fresh.set(index, (fresh.get(index) ?? 0) + 1);
    }
    before = Math.max(before, frame);
  }
  const index = cutAt(frame);
  if (index === playing) return;
  playing = index;
  report();
  const name = data.cuts[index].title;
  for (const title of titles) {
    const current = title.querySelector("span").textContent.trim() === name;
    current ? title.setAttribute("aria-current", "true") : title.removeAttribute("aria-current");
  }
}

function begin() {
  if (video.paused || document.visibilityState !== "visible") return;
  before = frameNow() - 1;
  if (!started) tell("reel_started");
  started = true;
}

function settle() {
  if (!video.seeking) show(frameNow());
  report();
}

for (const event of ["playing", "seeked"]) video.addEventListener(event, begin);
video.addEventListener("seeking", () => (before = undefined));
video.addEventListener("timeupdate", () => video.seeking || show(frameNow()));
video.addEventListener("pause", settle);
video.addEventListener("ended", () => {
  settle();
  if (started && !ended && seen[last]) tell("reel_completed");
  ended = true;
  send();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") return begin();
  settle();
  before = undefined;
});
addEventListener("pagehide", () => {
  settle();
  if (started && !ended) {
    const frame = frameNow();
    tell("reel_left", { metrics: { cut: cutAt(frame) + 1, frame } });
    send();
  }
  started = false;
});
