/* In an installed app: keeps the page of one's next workshops, and shows it where there is no network. Nothing else is
   kept, and nothing of who has signed out. */
const KEPT = "offline";
const PAGE = "/hors-ligne/";
const SIGN_OUT = "/compte/logout/";
const REFRESHED_EVERY = 10 * 60 * 1000;
const DRESSED_IN = /(?:href|src)="([^"]+\.(?:css|js|svg))"/g;
let refreshedAt = 0;

async function refresh() {
  refreshedAt = Date.now();
  const answer = await fetch(PAGE, { redirect: "manual" });
  if (!answer.ok) {
    await caches.delete(KEPT);
    return;
  }
  const kept = await caches.open(KEPT);
  const words = await answer.clone().text();
  await kept.put(PAGE, answer);
  await kept.addAll([...words.matchAll(DRESSED_IN)].map(([, path]) => path));
}

async function visit(event) {
  try {
    const answer = await fetch(event.request);
    if (Date.now() - refreshedAt > REFRESHED_EVERY) event.waitUntil(refresh());
    return answer;
  } catch (unreachable) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw unreachable;
  }
}

self.addEventListener("install", (event) => event.waitUntil(refresh().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET") {
    if (pathname === SIGN_OUT) event.waitUntil(caches.delete(KEPT));
  } else if (event.request.mode === "navigate") {
    event.respondWith(visit(event));
  } else {
    event.respondWith(fetch(event.request).catch(async () => (await caches.match(event.request)) ?? Response.error()));
  }
});
