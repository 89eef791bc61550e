import { internal } from '../../../src/support/errors.ts';
import { TAG_LENGTH, type AesGcm, type CreateAesGcm } from './AesGcm.ts';

/** A pointer of C. */
type Pointer = object;

/** The calls of OpenSSL (EVP_EncryptInit(3)); those that return an int return 1 for success. */
interface Evp {
  EVP_aes_128_gcm(): Pointer;
  EVP_CIPHER_CTX_new(): Pointer | null;
  EVP_CIPHER_CTX_free(context: Pointer): void;
  EVP_CIPHER_CTX_ctrl(context: Pointer, type: number, length: number, value: Buffer): number;
  EVP_CipherInit_ex: (
    context: Pointer,
    cipher: Pointer | null,
    engine: null,
    key: Buffer | null,
    iv: Buffer | null,
    encrypt: number,
  ) => number;
  EVP_CipherUpdate(
    context: Pointer,
    out: Buffer | null,
    outLength: Buffer,
    bytes: Buffer,
    length: number,
  ): number;
  EVP_CipherFinal_ex(context: Pointer, out: Buffer, outLength: Buffer): number;
}

const PROTOTYPES = [
  'void *EVP_aes_128_gcm()',
  'void *EVP_CIPHER_CTX_new()',
  'void EVP_CIPHER_CTX_free(void *)',
  'int EVP_CIPHER_CTX_ctrl(void *, int, int, void *)',
  'int EVP_CipherInit_ex(void *, const void *, void *, const void *, const void *, int)',
  'int EVP_CipherUpdate(void *, void *, void *, const void *, int)',
  'int EVP_CipherFinal_ex(void *, void *, void *)',
];
const GET_TAG = 0x10;
const SET_TAG = 0x11;
const ENCRYPT = 1;
const DECRYPT = 0;

/**
 * Those that call the OpenSSL inside Node itself, with one context for all packets of a key and direction; null where
 * koffi, which is optional, is not installed, or Node does not show its OpenSSL.
 */
export async function loadOpenSsl(): Promise<CreateAesGcm | null> {
  try {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(null);
    const functions = PROTOTYPES.map((prototype) => {
      const call = library.func(prototype);
      return [call.info.name, call];
    });
    const evp = Object.fromEntries(functions) as Evp;
    const contexts = new FinalizationRegistry<Pointer[]>((unused) => {
      for (const context of unused) evp.EVP_CIPHER_CTX_free(context);
    });
    return (key) => {
      const [encrypt, decrypt] = [context(evp, key, ENCRYPT), context(evp, key, DECRYPT)];
      const aesGcm = new OpenSslAesGcm(evp, encrypt, decrypt);
      contexts.register(aesGcm, [encrypt, decrypt]);
      return aesGcm;
    };
  } catch {
    return null;
  }
}

function context(evp: Evp, key: Buffer, direction: number): Pointer {
  const made = evp.EVP_CIPHER_CTX_new();
  if (!made || evp.EVP_CipherInit_ex(made, evp.EVP_aes_128_gcm(), null, key, null, direction) !== 1)
    throw internal('OpenSSL does not take an AES key');
  return made;
}

class OpenSslAesGcm implements AesGcm {
  readonly #evp: Evp;
  readonly #encrypt: Pointer;
  readonly #decrypt: Pointer;
  /** What OpenSSL says of lengths that are known. */
  readonly #written = Buffer.alloc(4);
  readonly #rest = Buffer.alloc(TAG_LENGTH);

  constructor(evp: Evp, encrypt: Pointer, decrypt: Pointer) {
    this.#evp = evp;
    this.#encrypt = encrypt;
    this.#decrypt = decrypt;
  }

  seal(iv: Buffer, covered: Buffer, bytes: Buffer, from: number, to: number): void {
    const context = this.#encrypt;
    const plain = bytes.subarray(from, to);
    this.#begin(context, iv, covered, ENCRYPT);
    if (to > from) this.#evp.EVP_CipherUpdate(context, plain, this.#written, plain, to - from);
    this.#evp.EVP_CipherFinal_ex(context, this.#rest, this.#written);
    this.#evp.EVP_CIPHER_CTX_ctrl(context, GET_TAG, TAG_LENGTH, bytes.subarray(to, to + TAG_LENGTH));
  }

  open(iv: Buffer, covered: Buffer, sealed: Buffer, tag: Buffer): Buffer | null {
    const context = this.#decrypt;
    const plain = Buffer.allocUnsafe(sealed.length);
    this.#begin(context, iv, covered, DECRYPT);
    if (sealed.length > 0) this.#evp.EVP_CipherUpdate(context, plain, this.#written, sealed, sealed.length);
    this.#evp.EVP_CIPHER_CTX_ctrl(context, SET_TAG, TAG_LENGTH, tag);
    return this.#evp.EVP_CipherFinal_ex(context, this.#rest, this.#written) === 1 ? plain : null;
  }

  peek(iv: Buffer, sealed: Buffer): Buffer {
    const plain = Buffer.allocUnsafe(sealed.length);
    if (sealed.length === 0) return plain;
    this.#evp.EVP_CipherInit_ex(this.#decrypt, null, null, null, iv, DECRYPT);
    this.#evp.EVP_CipherUpdate(this.#decrypt, plain, this.#written, sealed, sealed.length);
    return plain;
  }

  #begin(context: Pointer, iv: Buffer, covered: Buffer, direction: number): void {
    this.#evp.EVP_CipherInit_ex(context, null, null, null, iv, direction);
    this.#evp.EVP_CipherUpdate(context, null, this.#written, covered, covered.length);
  }
}
