import { randomBytes } from 'node:crypto';
import { unavailable } from '../../support/errors.ts';
import type { Link } from './link.ts';
import { askStun } from './request.ts';
import {
  ATTRIBUTE,
  encodeStun,
  isIntact,
  isSuccess,
  MESSAGE,
  newTransactionId,
  uint32,
} from './stunMessage.ts';

/** Of a peer-reflexive candidate of the first sort, one component (RFC 8445 section 5.1.2.1). */
const PRIORITY = ((110 << 24) | (65_535 << 8) | 255) >>> 0;
const CONTROLLING = randomBytes(8);
const FRAGMENT = randomBytes(6).toString('base64url');

export interface IceLogin {
  usernameFragment: string;
  password: string;
}

/**
 * One connectivity check of a controlling ICE agent which nominates this way at once (RFC 8445 section 7.2.2).
 *
 * @returns its round trip in ms.
 * @throws ParleyError `timeout`, `unavailable` where the answer is no; the link's error.
 */
export async function checkIce(
  link: Link,
  { usernameFragment, password }: IceLogin,
  deadline: number,
): Promise<number> {
  const request = encodeStun(
    MESSAGE.bindingRequest,
    newTransactionId(),
    [
      [ATTRIBUTE.username, Buffer.from(`${usernameFragment}:${FRAGMENT}`)],
      [ATTRIBUTE.priority, uint32(PRIORITY)],
      [ATTRIBUTE.iceControlling, CONTROLLING],
      [ATTRIBUTE.useCandidate, Buffer.alloc(0)],
    ],
    password,
  );
  const { message, took } = await askStun(link, request, {
    deadline,
    // Of a refusal the sender proves nothing (RFC 8489 section 9.1.4).
    isAnswer: (data) => isIntact(data, password) || (data.readUInt16BE(0) & 0x0110) === 0x0110,
  });
  if (isSuccess(message)) return took;
  throw unavailable(
    `the answer is ${message.error?.code ?? 'an error'} ${message.error?.reason ?? ''}`.trim(),
  );
}
