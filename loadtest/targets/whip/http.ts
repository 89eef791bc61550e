import type { ErrorCode } from '../../../src/protocol/errors.ts';
import { ParleyError, timeout, unavailable } from '../../../src/support/errors.ts';
import { unsupported } from '../observedRequest.ts';

export interface HttpRequest {
  /** `whip` or `whep`, as errors name it. */
  protocol: string;
  url: string;
  /** A URL of the server that the user named: no other host is spoken to, whatever that server says. */
  named: string;
  /** Bearer token (RFC 6750). */
  token: string | undefined;
  signal: AbortSignal;
}

/** A session that the server made. */
export interface CreatedSession {
  /** Its body, and of what type that is. */
  answer: string;
  contentType: string;
  /** Where it is ended (RFC 9725, 4.2: `Location`). */
  resource: string;
}

/** RFC 8866, 8.2.1. */
export const SDP = 'application/sdp';
/** Hops that are followed. */
const MAX_REDIRECTS = 5;
/** Characters of an error's body that are shown. */
const MAX_REASON = 200;

const CODES: Record<number, ErrorCode> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  408: 'timeout',
  409: 'conflict',
  410: 'notFound',
  429: 'limitExceeded',
  504: 'timeout',
};

/**
 * Posts an offer (RFC 9725, 4.2), follows 307 and 308, and waits where the server says for how long (`Retry-After`), as
 * it does for a stream that is not there yet.
 *
 * @throws ParleyError by the status; `timeout` when the signal says so; `unavailable` for what is no server of this kind.
 */
export async function postOffer(request: HttpRequest, offer: string): Promise<CreatedSession> {
  for (;;) {
    const { response, url } = await follow(request, {
      method: 'POST',
      headers: { 'content-type': SDP, accept: SDP },
      body: offer,
    });
    if (response.status === 201) return created(request, response, url);
    const reason = await reasonOf(request, response);
    const wait = response.status === 406 ? undefined : retryAfter(response);
    if (wait === undefined) throw refusal(request, url, response.status, reason);
    await pause(wait, request, refusal(request, url, response.status, reason));
  }
}

/** Ends a session (RFC 9725, 4.2). @throws ParleyError by the status. */
export async function deleteSession(request: HttpRequest): Promise<void> {
  const { response, url } = await follow(request, { method: 'DELETE', headers: {} });
  const reason = await reasonOf(request, response);
  if (!response.ok) throw refusal(request, url, response.status, reason, 'DELETE');
}

/** Redirects are followed by hand, because fetch makes a GET of some of them, which here means nothing. */
async function follow(
  request: HttpRequest,
  init: { method: string; headers: Record<string, string>; body?: string },
): Promise<{ response: Response; url: string }> {
  const { token, signal } = request;
  const { origin } = new URL(request.named);
  let { url } = request;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    // The token is for the server that was named, and not for whoever it points to.
    const isTrusted = token !== undefined && new URL(url).origin === origin;
    const headers = { ...init.headers, ...(isTrusted ? { authorization: `Bearer ${token}` } : {}) };
    const response = await guarded(request, () =>
      fetch(url, { ...init, headers, signal, redirect: 'manual' }),
    );
    if (response.status !== 307 && response.status !== 308) return { response, url };
    await response.body?.cancel();
    url = locationOf(request, response, url, init.method);
  }
  throw unavailable(
    `${where(request, request.url, init.method)} was redirected more than ${MAX_REDIRECTS} times`,
  );
}

async function created(request: HttpRequest, response: Response, url: string): Promise<CreatedSession> {
  const answer = await guarded(request, () => response.text());
  const resource = locationOf(request, response, url);
  const contentType = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return { answer, contentType, resource };
}

/** Where the server points to. @throws ParleyError `unavailable`: nowhere, or to a host that was not named. */
function locationOf(request: HttpRequest, response: Response, url: string, method = 'POST'): string {
  const location = response.headers.get('location');
  const said = `${where(request, url, method)} answered ${response.status}`;
  if (location === null || !URL.canParse(location, url)) throw unavailable(`${said} without a Location`);
  const { href, hostname } = new URL(location, url);
  if (hostname !== new URL(request.named).hostname)
    throw unavailable(`${said} and points to ${hostname}, which was not named`);
  return href;
}

function refusal(
  request: HttpRequest,
  url: string,
  status: number,
  reason: string,
  method = 'POST',
): ParleyError {
  const text = `${where(request, url, method)} answered ${status}${reason === '' ? '' : `: ${reason}`}`;
  // draft-ietf-wish-whep: the server wants to make the offer itself.
  if (status === 406) return unsupported(`${text}; bots do not take counter-offers`);
  return new ParleyError(CODES[status] ?? (status >= 500 ? 'unavailable' : 'badRequest'), text);
}

/** ms; undefined: it does not say (RFC 9110, 10.2.3). */
function retryAfter(response: Response): number | undefined {
  const value = response.headers.get('retry-after');
  return value !== null && /^\d+$/.test(value.trim()) ? Number(value) * 1000 : undefined;
}

/** The first line that the server gives as a reason, if it is text. */
async function reasonOf(request: HttpRequest, response: Response): Promise<string> {
  const body = await guarded(request, () => response.text());
  if (!/^(text\/plain|application\/(problem\+)?json)/.test(response.headers.get('content-type') ?? ''))
    return '';
  return (body.trim().split('\n')[0] ?? '').slice(0, MAX_REASON);
}

/** What fetch throws, as coded errors. */
async function guarded<T>(request: HttpRequest, what: () => Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (error) {
    if (request.signal.aborted) throw ended(request);
    const { message, cause } = error as Error & { cause?: Error };
    throw unavailable(`${where(request, request.url, '')} cannot be reached: ${cause?.message || message}`, {
      cause: error,
    });
  }
}

/** Why the signal came. */
function ended(request: HttpRequest): ParleyError {
  const reason: unknown = request.signal.reason;
  if (reason instanceof ParleyError) return reason;
  const isLate = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isLate
    ? timeout(`${where(request, request.url)}: no answer in time`)
    : unavailable('the bot has left');
}

async function pause(ms: number, request: HttpRequest, lastWord: ParleyError): Promise<void> {
  const { signal } = request;
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      stop = (): void => {
        const why = ended(request);
        // The server did answer; what it said is more than that time ran out.
        reject(why.code === 'timeout' ? lastWord : why);
      };
      signal.addEventListener('abort', stop);
      timer = setTimeout(resolve, ms);
      if (signal.aborted) stop();
    });
  } finally {
    clearTimeout(timer);
    if (stop) signal.removeEventListener('abort', stop);
  }
}

function where({ protocol }: HttpRequest, url: string, method = 'POST'): string {
  return `${protocol.toUpperCase()}: ${method} ${url}`.replace('  ', ' ');
}
