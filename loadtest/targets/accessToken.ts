import { SignJWT } from 'jose';

/** How participants of a run get in. */
export interface Access {
  token?: string;
  apiKey?: string;
  apiSecret?: string;
}

/** What lets somebody into a room; undefined where nothing is needed, as far as is known. */
export async function tokenOf(access: Access, room: string, name: string): Promise<string | undefined> {
  const { token, apiKey, apiSecret } = access;
  if (token !== undefined || apiKey === undefined || apiSecret === undefined) return token;
  return makeToken(apiKey, apiSecret, room, name);
}

/** A token that lets somebody into a room and do everything there, in the shape of LiveKit's (docs: access tokens). */
export function makeToken(
  key: string,
  secret: string,
  room: string,
  name: string,
  validFor = '6h',
): Promise<string> {
  return new SignJWT({
    name,
    video: { roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true },
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(key)
    .setSubject(name)
    .setNotBefore('0s')
    .setExpirationTime(validFor)
    .sign(new TextEncoder().encode(secret));
}
