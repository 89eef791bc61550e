import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { TAG_LENGTH, type AesGcm } from './AesGcm.ts';

/** With Node's crypto module, which makes a cipher anew for each packet. */
export class NodeAesGcm implements AesGcm {
  readonly #key: KeyObject;

  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
  }

  seal(iv: Buffer, covered: Buffer, bytes: Buffer, from: number, to: number): void {
    const cipher = createCipheriv('aes-128-gcm', this.#key, iv);
    cipher.setAAD(covered);
    cipher.update(bytes.subarray(from, to)).copy(bytes, from);
    cipher.final();
    cipher.getAuthTag().copy(bytes, to);
  }

  open(iv: Buffer, covered: Buffer, sealed: Buffer, tag: Buffer): Buffer | null {
    const decipher = createDecipheriv('aes-128-gcm', this.#key, iv, { authTagLength: TAG_LENGTH });
    decipher.setAAD(covered);
    decipher.setAuthTag(tag);
    const opened = decipher.update(sealed);
    try {
      decipher.final();
      return opened;
    } catch {
      return null;
    }
  }

  peek(iv: Buffer, sealed: Buffer): Buffer {
    return createDecipheriv('aes-128-gcm', this.#key, iv).update(sealed);
  }
}
