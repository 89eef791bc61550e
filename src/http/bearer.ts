import type { Request } from 'express';

/** RFC 6750 section 2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The token in the `Authorization` header; undefined where there is none. */
export const bearerOf = (request: Pick<Request, 'get'>): string | undefined =>
  BEARER.exec(request.get('authorization') ?? '')?.[1];
