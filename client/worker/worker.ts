/*
 * The app's service worker. It keeps the files that have a hash of their content in their name, and nothing else:
 * pages, the SDK, rooms and the API always come from the server, so an update counts at the next loading, and a page never
 * gets files of another build.
 */

export {};

/** What the worker itself is; the types know only the general kind. */
declare const self: ServiceWorkerGlobalScope;

const CACHE = 'parley-assets';

/** Files of some builds; the oldest go first. */
const MOST = 150;

self.addEventListener('install', () => void self.skipWaiting());

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (isKept(request)) event.respondWith(fromCache(event, request));
});

/** A range cannot be kept, and what is not of this server is not ours. */
function isKept(request: Request): boolean {
  const { origin, pathname } = new URL(request.url);
  const whole = request.method === 'GET' && !request.headers.has('range');
  return whole && origin === self.location.origin && pathname.startsWith('/assets/');
}

async function fromCache(event: FetchEvent, request: Request): Promise<Response> {
  // Where storage is full or forbidden, the network is as good as it was.
  const cache = await caches.open(CACHE).catch(() => null);
  const kept = await cache?.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (cache && response.status === 200 && response.type === 'basic') {
    event.waitUntil(keep(cache, request, response.clone()).catch(() => undefined));
  }
  return response;
}

async function keep(cache: Cache, request: Request, response: Response): Promise<void> {
  await cache.put(request, response);
  // In order of their coming (Service Workers 5.4).
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST)).map((old) => cache.delete(old)));
}
