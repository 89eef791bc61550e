import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TAG_LENGTH } from '../../loadtest/endpoint/aesGcm/AesGcm.ts';
import { NodeAesGcm } from '../../loadtest/endpoint/aesGcm/NodeAesGcm.ts';
import { loadOpenSsl } from '../../loadtest/endpoint/aesGcm/OpenSslAesGcm.ts';

function sealedByNode(key: Buffer, iv: Buffer, covered: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, iv);
  cipher.setAAD(covered);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

const openSsl = await loadOpenSsl();
const kinds = {
  'that of Node': (key: Buffer) => new NodeAesGcm(key),
  ...(openSsl ? { 'that of OpenSSL': openSsl } : {}),
};

it('OpenSSL is reached on Linux, where koffi is there', () => {
  expect(openSsl !== null).toBe(process.platform === 'linux');
});

describe.each(Object.entries(kinds))('AES-GCM, %s,', (_name, create) => {
  it('seals, whatever the length of what is encrypted and what is covered', () => {
    for (let length = 0; length < 1500; length += length < 64 ? 1 : 61) {
      const key = randomBytes(16);
      const covered = randomBytes(12 + (length % 45));
      const aesGcm = create(key);
      // Twice with one key, since what the first leaves behind must not matter.
      for (const plain of [randomBytes(length), Buffer.alloc(length, 0xff)]) {
        const iv = randomBytes(12);
        const bytes = Buffer.concat([randomBytes(3), plain, Buffer.alloc(TAG_LENGTH)]);
        aesGcm.seal(iv, covered, bytes, 3, 3 + length);
        expect(bytes.subarray(3).equals(sealedByNode(key, iv, covered, plain))).toBe(true);
      }
    }
  });

  it('opens what was sealed, peeks into it, and refuses what was changed', () => {
    const [key, covered] = [randomBytes(16), randomBytes(20)];
    const aesGcm = create(key);
    for (const length of [0, 1, 16, 40, 1200]) {
      const [iv, plain] = [randomBytes(12), randomBytes(length)];
      const datagram = sealedByNode(key, iv, covered, plain);
      const before = Buffer.from(datagram);
      const [sealed, tag] = [datagram.subarray(0, length), datagram.subarray(length)];
      expect(aesGcm.open(iv, covered, sealed, tag)).toEqual(plain);
      expect(aesGcm.peek(iv, sealed.subarray(0, 10))).toEqual(plain.subarray(0, 10));
      for (let at = 0; at < datagram.length; at += 7) {
        datagram[at] = (datagram[at] ?? 0) ^ 1;
        expect(aesGcm.open(iv, covered, sealed, tag)).toBeNull();
        datagram[at] = (datagram[at] ?? 0) ^ 1;
      }
      expect(aesGcm.open(iv, randomBytes(20), sealed, tag)).toBeNull();
      expect(datagram).toEqual(before);
    }
  });
});
