import { ParleyError, badRequest, timeout, unavailable } from '../../src/support/errors.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';

/** ms for the endpoint to answer. */
const PATIENCE = 15_000;

const CODES: Partial<Record<number, ErrorCode>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  429: 'limitExceeded',
};

export interface TokenWish {
  /** Of the page's own server, or of one that lets the page in (CORS). */
  url: string;
  method: 'POST' | 'GET';
  room: string;
  name: string;
  signal: AbortSignal;
}

/**
 * Has the page's own backend make a token: `POST` with `{ room, name }` as JSON, or `GET` with both in the query, along
 * with the page's cookies. It answers with `{ token }` as JSON, or with the token as plain text.
 *
 * @throws ParleyError with a code that fits the answer's status; `unavailable` where there is none, `timeout` after 15 s,
 * `badRequest` where the answer has no token in it, or the address is none.
 */
export async function fetchToken({ url, method, room, name, signal }: TokenWish): Promise<string> {
  let address: URL;
  try {
    address = new URL(url, document.baseURI);
  } catch (cause) {
    throw badRequest(`token-url is not an address: ${url}`, { cause });
  }
  const patience = AbortSignal.timeout(PATIENCE);
  const body = JSON.stringify({ room, name });
  if (method === 'GET') {
    address.searchParams.set('room', room);
    address.searchParams.set('name', name);
  }
  let response: Response;
  let said: string;
  try {
    response = await fetch(address, {
      method,
      credentials: 'include',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      ...(method === 'POST' ? { body } : {}),
      signal: AbortSignal.any([patience, signal]),
    });
    said = (await response.text()).trim();
  } catch (cause) {
    if (patience.aborted) throw timeout('token-url did not answer in time', { cause });
    throw unavailable('token-url does not answer', { cause });
  }
  if (!response.ok) {
    throw new ParleyError(
      CODES[response.status] ?? 'unavailable',
      `token-url answered with ${response.status}`,
    );
  }
  const token = tokenIn(said);
  if (token === undefined) throw badRequest('token-url answered with something that has no token in it');
  return token;
}

/** In JSON as `{ "token": … }`, or alone (RFC 7519: three parts, base64url). */
function tokenIn(said: string): string | undefined {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(said)) return said;
  try {
    const answer = JSON.parse(said) as { token?: unknown } | string | null;
    const token = typeof answer === 'string' ? answer : answer?.token;
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}
