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
  // Each proxy appends its own; the first is what the browser asked for.
  const host = [forwarded].flat()[0]?.split(',')[0]?.trim() ?? request.headers.host;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
