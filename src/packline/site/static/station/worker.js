// Keeps the operator's screen at hand while the server is away: a reload must not lose the station.

const SHELL = "packline-station-1";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(["/station/"]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The server first; what was seen last only when it is silent. The interface is never kept here.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET" || pathname.startsWith("/api/")) return;
  event.respondWith(
    fetch(request)
      .then(async (response) => {
        if (response.ok) (await caches.open(SHELL)).put(request, response.clone());
        return response;
      })
      .catch(async () => (await caches.match(request)) || Response.error()),
  );
});
