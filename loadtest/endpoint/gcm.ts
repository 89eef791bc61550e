import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { Ghash } from './ghash.ts';

/** Bytes. */
const BLOCK = 16;
const IV_LENGTH = 12;
export const TAG_LENGTH = 16;
/** Bytes up to which our own arithmetic is cheaper than a cipher of Node's, which is made anew for each packet. */
const SHORT = 512;

/**
 * AES-128-GCM (NIST SP 800-38D) for many short packets with one key.
 *
 * Node makes a cipher for each IV, which costs more than a short packet's encryption. Here one AES cipher stays for all
 * packets and makes their key streams (GCM is counter mode with a checksum), and the checksum is reckoned here. What is
 * long goes to Node.
 */
export class Gcm {
  readonly #key: KeyObject;
  readonly #aes;
  readonly #ghash: Ghash;
  readonly #counters = Buffer.alloc(BLOCK * (2 + SHORT / BLOCK));

  /** @param key 16 bytes */
  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
    this.#aes = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    this.#ghash = new Ghash(this.#aes.update(Buffer.alloc(BLOCK)));
  }

  /**
   * Encrypts, in place, the bytes from `from` to `to`, and writes the tag behind them.
   *
   * @param iv 12 bytes
   * @param covered What is authenticated only.
   */
  seal(iv: Buffer, covered: Buffer, bytes: Buffer, from: number, to: number): void {
    if (to - from > SHORT) {
      this.#sealLong(iv, covered, bytes, from, to);
      return;
    }
    const counters = this.#counters;
    const blocks = 1 + Math.ceil((to - from) / BLOCK);
    for (let i = 0; i < blocks; i++) {
      iv.copy(counters, i * BLOCK);
      counters.writeUInt32BE(i + 1, i * BLOCK + IV_LENGTH);
    }
    const stream = this.#aes.update(counters.subarray(0, blocks * BLOCK));
    for (let at = from, i = BLOCK; at < to; at++, i++) bytes[at] = (bytes[at] ?? 0) ^ (stream[i] ?? 0);
    this.#ghash.reset();
    this.#ghash.add(covered, 0, covered.length);
    this.#ghash.add(bytes, from, to);
    this.#ghash.finish(covered.length, to - from, stream, bytes, to);
  }

  #sealLong(iv: Buffer, covered: Buffer, bytes: Buffer, from: number, to: number): void {
    const cipher = createCipheriv('aes-128-gcm', this.#key, iv);
    cipher.setAAD(covered);
    cipher.update(bytes.subarray(from, to)).copy(bytes, from);
    cipher.final();
    cipher.getAuthTag().copy(bytes, to);
  }
}
