// Shows the notifications of Dynamic Sizzles, and reports what becomes of them.
//
// A site that has a service worker of its own imports this one instead:
//     importScripts("https://reels.example.com/push/service-worker.js");

const TRIES = 3;
const PAUSE = 2000; // milliseconds, then twice as long

self.addEventListener("push", (event) => event.waitUntil(received(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(opened(event.notification)));
// Without a page that waits for it, a new version takes over at once.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function received(data) {
  const message = read(data);
  if (!message) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const seen = pages.some((page) => page.visibilityState === "visible");
  const moment = seen ? "received_foreground" : "received_background";
  await Promise.all([show(message, pages), report(message.data.report, moment)]);
}

function read(data) {
  try {
    const message = data.json();
    return { ...message, data: message.data ?? {} };
  } catch {
    return undefined; // not one of ours
  }
}

async function show(message, pages) {
  if (message.silent) {
    for (const page of pages) page.postMessage({ type: "sizzle-push", data: message.data });
    return;
  }
  await self.registration.showNotification(message.title ?? "", {
    body: message.body ?? "",
    lang: message.language ?? "",
    image: message.image,
    tag: message.data.send_id, // the same message twice is shown once
    data: { link: message.link, report: message.data.report },
  });
}

async function opened(notification) {
  const { link, report: address } = notification.data ?? {};
  notification.close();
  await Promise.all([report(address, "opened_notification"), open(link)]);
}

async function open(link) {
  if (!/^https?:/.test(link ?? "")) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => page.url === link);
  await (there ? there.focus() : self.clients.openWindow(link)).catch(() => {});
}

// Each report has an id of its own message and moment: what is sent twice is counted once.
async function report(address, moment) {
  if (!/^https?:/.test(address ?? "")) return;
  for (let tries = 0, pause = PAUSE; tries < TRIES; tries++, pause *= 2) {
    try {
      await fetch(`${address}/${moment}`, {
        method: "POST",
        mode: "no-cors",
        credentials: "omit",
        keepalive: true,
      });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
