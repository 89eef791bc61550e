import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { unavailable } from '../../support/errors.ts';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Of one try: 16 MiB, and a quarter of a second of a core (RFC 7914; what OWASP's password storage page asks for). */
const COST = { N: 16_384, r: 8, p: 5 };
const BYTES = 32;
/** Passwords that are looked at, at a time: Node has four threads for this and all files. */
const AT_A_TIME = 8;
let running = 0;

/** A password as it is kept: `scrypt$N$r$p$salt$hash`, in Base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await inTurn(() => derive(password.normalize('NFKC'), salt, BYTES, COST));
  const { N, r, p } = COST;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Takes the same time for every wrong one. @throws ParleyError `unavailable` while too many are looked at. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [scheme, N, r, p, salt = '', hash = ''] = kept.split('$');
  const expected = Buffer.from(hash, 'base64url');
  if (scheme !== 'scrypt' || expected.length !== BYTES) return false;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await inTurn(() =>
    derive(password.normalize('NFKC'), Buffer.from(salt, 'base64url'), BYTES, cost),
  );
  return timingSafeEqual(found, expected);
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_A_TIME) throw unavailable('too many passwords are looked at; try again');
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
  }
}
