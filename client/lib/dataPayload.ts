import {
  encodeDataFrame,
  MAX_TOPIC_LENGTH,
  type DataDownHeader,
  type DataFormat,
  type DataUpHeader,
} from '../../src/protocol/dataFrame.ts';
import { badRequest } from '../../src/support/errors.ts';
import type { DataMessage, DataOptions } from './publicTypes.ts';

/**
 * The frame of a data message.
 *
 * @throws ParleyError `badRequest` when the payload has no JSON form, or frame or topic are too long.
 */
export function encodeMessage(payload: unknown, options: DataOptions): Uint8Array<ArrayBuffer> {
  const { topic, to } = options;
  if (topic !== undefined && topic.length > MAX_TOPIC_LENGTH) {
    throw badRequest(`a topic has at most ${MAX_TOPIC_LENGTH} characters`);
  }
  const { format, bytes } = toBytes(payload);
  const header: DataUpHeader = {
    format,
    ...(topic === undefined ? {} : { topic }),
    ...(to === undefined ? {} : { to: [...to] }),
  };
  try {
    return encodeDataFrame(header, bytes);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : 'the message is too large', { cause: error });
  }
}

/** The message in a frame; undefined when it claims to be JSON and is not. */
export function decodeMessage(
  header: DataDownHeader,
  payload: Uint8Array,
  reliable: boolean,
): DataMessage | undefined {
  const message = { from: header.from, topic: header.topic, reliable };
  // A copy: the frame's buffer also holds the header, and listeners may keep or transfer theirs.
  if (header.format === 'bytes') return { ...message, payload: payload.slice() };
  const text = new TextDecoder().decode(payload);
  if (header.format === 'text') return { ...message, payload: text };
  try {
    return { ...message, payload: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function toBytes(payload: unknown): { format: DataFormat; bytes: Uint8Array } {
  if (typeof payload === 'string') return { format: 'text', bytes: new TextEncoder().encode(payload) };
  if (payload instanceof ArrayBuffer) return { format: 'bytes', bytes: new Uint8Array(payload) };
  if (ArrayBuffer.isView(payload)) {
    return { format: 'bytes', bytes: new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength) };
  }
  return { format: 'json', bytes: new TextEncoder().encode(toJson(payload)) };
}

function toJson(payload: unknown): string {
  try {
    // The types leave it out, but undefined, functions and symbols have no JSON form.
    const json = JSON.stringify(payload) as string | undefined;
    if (json !== undefined) return json;
  } catch (error) {
    throw badRequest('the payload has no JSON form', { cause: error });
  }
  throw badRequest('the payload has no JSON form');
}
