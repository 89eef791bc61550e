import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { internal } from '../../src/support/errors.ts';
import { clipKey, type AudioClipPlan } from './clipPlan.ts';
import { makeClip, VOICE_FILE } from './clipStore.ts';
import { parseOggOpus } from './containers/oggOpus.ts';
import { digestOf } from './digest.ts';
import type { MediaPacket } from './packetizers/mediaFrame.ts';

/** A voice in packets of 20 ms, of which any number of bots can send. */
export class AudioClip {
  readonly channels: number;
  readonly packets: readonly MediaPacket[];
  /** What an encoder with DTX sends every 400 ms of silence: a TOC byte without a frame (RFC 6716, 3.1 and 3.2.1). */
  readonly silence: MediaPacket;
  /** `digestOf` of every packet. */
  readonly digests: ReadonlySet<number>;

  constructor(channels: number, packets: readonly Buffer[]) {
    const first = packets[0]?.[0];
    if (first === undefined) throw internal('a voice without sound');
    this.channels = channels;
    this.packets = packets.map((payload) => ({ descriptor: null, payload }));
    this.silence = { descriptor: null, payload: Buffer.from([first & 0xfc]) };
    this.digests = new Set([...packets, this.silence.payload].map(digestOf));
  }

  /** Reads a clip that was made. @throws ParleyError `internal` when it is broken. */
  static read(directory: string): AudioClip {
    const { channels, packets } = parseOggOpus(readFileSync(join(directory, VOICE_FILE)));
    return new AudioClip(channels, packets);
  }
}

const loaded = new Map<string, Promise<AudioClip>>();

/**
 * The clip of a plan: made if this machine has none, and read once per process.
 *
 * @throws ParleyError `unavailable` without ffmpeg, `internal` when the clip cannot be made or read.
 */
export function loadAudioClip(plan: AudioClipPlan, signal?: AbortSignal): Promise<AudioClip> {
  const key = clipKey(plan);
  let clip = loaded.get(key);
  if (!clip) {
    clip = makeClip(plan, signal ? { signal } : {}).then((directory) => AudioClip.read(directory));
    loaded.set(key, clip);
    // Another attempt may find ffmpeg.
    clip.catch(() => loaded.delete(key));
  }
  return clip;
}
