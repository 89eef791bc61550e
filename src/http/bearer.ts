import type { Request } from 'express';

/** RFC 6750 section 2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The access token of a request; undefined without one. */
/** The access token that a request bears. */
export const bearerOf = (request: Pick<Request, 'get'>): string | undefined =>
  BEARER.exec(request.get('authorization') ?? '')?.[1];
