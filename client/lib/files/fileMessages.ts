/*
 * How files travel over data messages: what is said about them as JSON under one topic, their parts as bytes under another.
 * A part is 8 bytes of the file's id, 8 bytes of its place in the file (IEEE 754, big endian), and what is there.
 */

export const FILE_TOPIC = 'parley.file';
export const PART_TOPIC = 'parley.file.part';

/** Bytes of a part: a data message has 48 KiB. */
export const PART_SIZE = 32_768;
/** Bytes under way to a receiver: the server keeps 1 MiB for one whose connection is lost. */
export const WINDOW = 524_288;
/** Characters of a file's name and of its type. */
export const MAX_NAME = 255;
const HEADER = 16;

export type FileMessage =
  | { kind: 'offer'; id: string; name: string; size: number; type: string }
  /** By the receiver. */
  | { kind: 'accept' | 'decline'; id: string }
  /** By either. */
  | { kind: 'cancel'; id: string }
  /** By the receiver: so many bytes have come. */
  | { kind: 'got'; id: string; bytes: number };

/** 64 random bits in hexadecimal. */
export function newFileId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(HEADER / 2));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Undefined for what is none. */
export function readFileMessage(payload: unknown): FileMessage | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { kind, id, name, size, type, bytes } = payload as Record<string, unknown>;
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return undefined;
  if (kind === 'accept' || kind === 'decline' || kind === 'cancel') return { kind, id };
  if (kind === 'got') return isSize(bytes) ? { kind, id, bytes } : undefined;
  if (kind !== 'offer' || typeof name !== 'string' || typeof type !== 'string' || !isSize(size))
    return undefined;
  return { kind, id, name: safeName(name), size, type: safeType(type) };
}

export function writePart(id: string, offset: number, bytes: Uint8Array): Uint8Array {
  const part = new Uint8Array(HEADER + bytes.length);
  const view = new DataView(part.buffer);
  view.setUint32(0, parseInt(id.slice(0, 8), 16));
  view.setUint32(4, parseInt(id.slice(8), 16));
  view.setFloat64(8, offset);
  part.set(bytes, HEADER);
  return part;
}

/** Undefined for what is none. */
export function readPart(payload: unknown): { id: string; offset: number; bytes: Uint8Array } | undefined {
  if (!(payload instanceof Uint8Array) || payload.length <= HEADER) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset);
  const hex = (at: number): string => view.getUint32(at).toString(16).padStart(8, '0');
  return { id: hex(0) + hex(4), offset: view.getFloat64(8), bytes: payload.subarray(HEADER) };
}

/** What a person may take for a file's name: no path, nothing that cannot be seen or turns the text around. */
export function safeName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const shown = base.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').trim();
  const fitting = Array.from(shown).slice(0, MAX_NAME).join('');
  return fitting === '' || /^\.+$/.test(fitting) ? 'file' : fitting;
}

/** A media type (RFC 6838 section 4.2), or one that says nothing. */
function safeType(type: string): string {
  return /^[\w.+-]{1,127}\/[\w.+-]{1,127}$/.test(type) ? type : 'application/octet-stream';
}

const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && (size as number) >= 0;
