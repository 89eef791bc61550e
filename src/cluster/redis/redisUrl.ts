/** Whether it names a Redis: `redis://` or, with TLS, `rediss://`, user, password, host, port and database number. */
export function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  return (
    (protocol === 'redis:' || protocol === 'rediss:') &&
    hostname !== '' &&
    // Its client would read options of its own from the rest.
    search === '' &&
    hash === '' &&
    /^\/?\d{0,5}$/.test(pathname)
  );
}

/** The address without user and password, for people and logs. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Host name or address, without the brackets of IPv6. */
export function redisHost(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
