import { SignJWT } from 'jose';

/** A token that lets a bot into a room and do everything there, in the shape of LiveKit's (docs: access tokens). */
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
