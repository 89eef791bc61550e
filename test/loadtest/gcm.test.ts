import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Gcm, TAG_LENGTH } from '../../loadtest/endpoint/gcm.ts';

function sealedByNode(key: Buffer, iv: Buffer, covered: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, iv);
  cipher.setAAD(covered);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

describe('Gcm', () => {
  it('seals as Node does, whatever the length of what is encrypted and what is covered', () => {
    for (let length = 0; length < 600; length++) {
      const key = randomBytes(16);
      const covered = randomBytes(length % 45);
      const gcm = new Gcm(key);
      // Twice with one key, since what the first leaves behind must not matter.
      for (const plain of [randomBytes(length), Buffer.alloc(length, 0xff)]) {
        const iv = randomBytes(12);
        const bytes = Buffer.concat([randomBytes(3), plain, Buffer.alloc(TAG_LENGTH)]);
        gcm.seal(iv, covered, bytes, 3, 3 + length);
        expect(bytes.subarray(3).equals(sealedByNode(key, iv, covered, plain))).toBe(true);
      }
    }
  });
});
