/** Bytes of a tag; all of GCM's 16, as RFC 7714 wants it. */
export const TAG_LENGTH = 16;

/** AES-128-GCM (NIST SP 800-38D) with one key. IVs have 12 bytes. */
export interface AesGcm {
  /** Encrypts, in place, the bytes from `from` to `to`, authenticates `covered` as well, and writes the tag to `to`. */
  seal(iv: Buffer, covered: Buffer, bytes: Buffer, from: number, to: number): void;
  /** The plain text; null when it does not verify. What is given is only read. */
  open(iv: Buffer, covered: Buffer, sealed: Buffer, tag: Buffer): Buffer | null;
  /** The plain text of the first bytes, without verification. */
  peek(iv: Buffer, sealed: Buffer): Buffer;
}

/** @param key 16 bytes */
export type CreateAesGcm = (key: Buffer) => AesGcm;
