/*
 * GHASH (NIST SP 800-38D, 6.4) with a table for each key of all products of a byte, so that a block takes 16 steps.
 * Blocks are four 32-bit words, big-endian; the first bit is the coefficient of x^0.
 */

const BYTES = 256;
/** x^128 = x^7 + x^2 + x + 1 */
const POLYNOMIAL = 0xe100_0000;
const TOP_BIT = 0x80;

/** What the byte that a shift by eight pushes out adds to the first word. */
const REDUCTION = reductionTable();

/** Sums up what was authenticated with one key. */
export class Ghash {
  /** By byte: the four words of its product with the hash key. */
  readonly #products = new Int32Array(BYTES * 4);
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** @param key The hash key: 16 zero bytes, encrypted. */
  constructor(key: Buffer) {
    const products = this.#products;
    let a = key.readInt32BE(0);
    let b = key.readInt32BE(4);
    let c = key.readInt32BE(8);
    let d = key.readInt32BE(12);
    for (let bit = TOP_BIT; bit > 0; bit >>= 1) {
      products.set([a, b, c, d], bit * 4);
      const carry = d & 1;
      d = (d >>> 1) | (c << 31);
      c = (c >>> 1) | (b << 31);
      b = (b >>> 1) | (a << 31);
      a = (a >>> 1) ^ (carry ? POLYNOMIAL : 0);
    }
    for (let byte = 1; byte < BYTES; byte++) {
      const rest = byte & (byte - 1);
      if (rest === 0) continue;
      for (let word = 0; word < 4; word++)
        products[byte * 4 + word] =
          (products[rest * 4 + word] ?? 0) ^ (products[(byte ^ rest) * 4 + word] ?? 0);
    }
  }

  reset(): void {
    this.#a = this.#b = this.#c = this.#d = 0;
  }

  /** Adds bytes, filled up with zeros to whole blocks. */
  add(bytes: Buffer, from: number, to: number): void {
    let at = from;
    for (; at + 16 <= to; at += 16)
      this.#block(word(bytes, at), word(bytes, at + 4), word(bytes, at + 8), word(bytes, at + 12));
    if (at === to) return;
    const last = [0, 0, 0, 0];
    for (let i = 0; at < to; i++, at++)
      last[i >> 2] = (last[i >> 2] ?? 0) | ((bytes[at] ?? 0) << (24 - 8 * (i & 3)));
    this.#block(last[0] ?? 0, last[1] ?? 0, last[2] ?? 0, last[3] ?? 0);
  }

  /** The last block; then writes the sum, xor 16 bytes, as the tag. */
  finish(coveredBytes: number, encryptedBytes: number, mask: Buffer, into: Buffer, at: number): void {
    this.#block(0, coveredBytes * 8, 0, encryptedBytes * 8);
    into.writeInt32BE(this.#a ^ word(mask, 0), at);
    into.writeInt32BE(this.#b ^ word(mask, 4), at + 4);
    into.writeInt32BE(this.#c ^ word(mask, 8), at + 8);
    into.writeInt32BE(this.#d ^ word(mask, 12), at + 12);
  }

  #block(a: number, b: number, c: number, d: number): void {
    const words = [this.#a ^ a, this.#b ^ b, this.#c ^ c, this.#d ^ d];
    const products = this.#products;
    a = b = c = d = 0;
    for (let i = 15; i >= 0; i--) {
      const out = d & 0xff;
      d = (d >>> 8) | (c << 24);
      c = (c >>> 8) | (b << 24);
      b = (b >>> 8) | (a << 24);
      a = (a >>> 8) ^ (REDUCTION[out] ?? 0);
      const product = (((words[i >> 2] ?? 0) >>> (24 - 8 * (i & 3))) & 0xff) * 4;
      a ^= products[product] ?? 0;
      b ^= products[product + 1] ?? 0;
      c ^= products[product + 2] ?? 0;
      d ^= products[product + 3] ?? 0;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }
}

function reductionTable(): Int32Array {
  const table = new Int32Array(BYTES);
  for (let byte = 0; byte < BYTES; byte++) {
    let [first, last] = [0, byte];
    for (let i = 0; i < 8; i++) {
      const carry = last & 1;
      last >>>= 1;
      first = (first >>> 1) ^ (carry ? POLYNOMIAL : 0);
    }
    table[byte] = first;
  }
  return table;
}

function word(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  );
}
