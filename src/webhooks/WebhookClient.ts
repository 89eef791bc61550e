import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { SignJWT } from 'jose';
import { Agent, buildConnector } from 'undici';
import { ParleyError } from '../support/errors.ts';
import type { AddressGuard } from './AddressGuard.ts';

/** ms */
const CONNECT_TIMEOUT = 5000;
const ANSWER_TIMEOUT = 10_000;
/** Bytes of an answer that are read, so that the connection can be used again; nobody looks at them. */
const MAX_ANSWER = 16_384;
/** s for which a signature holds: LiveKit's own has as many. */
const VALID_FOR = 300;

/** How an attempt ended. */
export type Attempt =
  | { is: 'delivered' }
  /** The receiver cannot take anything at present. @param after ms that it asks for. */
  | { is: 'away'; reason: string; after?: number }
  /** It does not take this. */
  | { is: 'refused'; reason: string };

/** Answers that say nothing about what was sent: overloaded, and gateways whose server is not there. */
const PASSING = new Set([408, 425, 429, 502, 503, 504]);

/** Posts signed events to one address, over connections that are kept. */
export class WebhookClient {
  readonly #url: URL;
  readonly #apiKey: string;
  readonly #secret: Uint8Array;
  readonly #agent: Agent;
  readonly #timeout: number;
  readonly #ended = new AbortController();

  constructor(options: {
    url: string;
    apiKey: string;
    apiSecret: string;
    guard: AddressGuard;
    /** Requests at a time. */
    connections: number;
    /** ms for an answer; 10,000 by default. */
    timeout?: number;
  }) {
    this.#url = new URL(options.url);
    this.#apiKey = options.apiKey;
    this.#secret = new TextEncoder().encode(options.apiSecret);
    this.#timeout = options.timeout ?? ANSWER_TIMEOUT;
    const connect = buildConnector({ timeout: CONNECT_TIMEOUT, lookup: options.guard.lookup });
    this.#agent = new Agent({
      connections: options.connections,
      pipelining: 1,
      headersTimeout: this.#timeout,
      bodyTimeout: this.#timeout,
      maxHeaderSize: MAX_ANSWER,
      connect: (target, callback) => {
        // An address is not looked up.
        const host = target.hostname.replace(/^\[|\]$/g, '');
        if (isIP(host) !== 0 && !options.guard.lets(host)) {
          try {
            options.guard.assert(host);
          } catch (error) {
            callback(error as Error, null);
          }
          return;
        }
        connect(target, callback);
      },
    });
  }

  /** Never rejects. */
  async post(body: string): Promise<Attempt> {
    const timeout = AbortSignal.timeout(this.#timeout);
    try {
      const {
        statusCode,
        headers,
        body: answer,
      } = await this.#agent.request({
        origin: this.#url.origin,
        path: `${this.#url.pathname}${this.#url.search}`,
        method: 'POST',
        headers: {
          'Content-Type': 'application/webhook+json',
          Authorization: await this.#sign(body),
          'User-Agent': 'parley',
        },
        body,
        signal: AbortSignal.any([timeout, this.#ended.signal]),
      });
      // What it says besides is of no account; a longer answer costs it the connection.
      answer.dump({ limit: MAX_ANSWER, signal: timeout }).catch(() => undefined);
      if (statusCode >= 200 && statusCode < 300) return { is: 'delivered' };
      const reason = `it answered ${statusCode}`;
      if (!PASSING.has(statusCode)) return { is: 'refused', reason };
      const after = Number(headers['retry-after']);
      return { is: 'away', reason, ...(after > 0 ? { after: after * 1000 } : {}) };
    } catch (error) {
      return { is: 'away', reason: timeout.aborted ? 'it does not answer' : explain(error) };
    }
  }

  /** What is on its way fails. Idempotent. */
  close(): void {
    this.#ended.abort();
    this.#agent.destroy().catch(() => undefined);
  }

  /** As LiveKit signs: a token with the hash of the body. */
  #sign(body: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ sha256: createHash('sha256').update(body).digest('base64') })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(this.#apiKey)
      .setNotBefore(now)
      .setExpirationTime(now + VALID_FOR)
      .sign(this.#secret);
  }
}

function explain(error: unknown): string {
  if (error instanceof ParleyError) return error.message;
  const { code, cause, message } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof Error) return explain(cause);
  return code ?? message;
}
