import { createHash, timingSafeEqual } from 'node:crypto';

const SCHEME = 'Bearer ';

/** The HTTP header `Authorization` (RFC 6750, 2.1) of whoever knows the key; base64url, because a key may be any text. */
export function keyHeader(key: string): string {
  return SCHEME + Buffer.from(key).toString('base64url');
}

/** Whether a header holds the key; takes as long whatever is wrong with it. */
export function holdsKey(header: string | undefined, key: string): boolean {
  // Digests, because only what is of one length can be compared in constant time.
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(keyHeader(key)));
}
