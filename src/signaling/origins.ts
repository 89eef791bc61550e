import type { IncomingMessage } from 'node:http';

export interface OriginRules {
  /** Origins such as `https://www.example.com`, or `*`. */
  allowed: readonly string[];
  /** Believe `X-Forwarded-Host`. */
  behindProxy: boolean;
}

/** Whether a page of this origin may open a socket: the server's own pages, and those that are allowed. */
export function isOriginAllowed(origin: string, request: IncomingMessage, rules: OriginRules): boolean {
  if (rules.allowed.includes('*') || rules.allowed.includes(origin)) return true;
  const forwarded = rules.behindProxy ? request.headers['x-forwarded-host'] : undefined;
  const host = (Array.isArray(forwarded) ? forwarded[0] : forwarded) ?? request.headers.host;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
