import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VideoCodec } from '../../loadtest/scenario/scenario.ts';
import type { SentPacket } from './RecordingSink.ts';

/*
 * The way back: from packets to a bitstream, and from that to pictures, as ffmpeg sees them. It is written without the
 * code under test.
 */

/** Puts the packets of one picture together again. */
export function depacketize(codec: VideoCodec, packets: readonly SentPacket[]): Buffer {
  if (codec === 'h264') return Buffer.concat(packets.flatMap(({ payload }) => nalUnits(payload)));
  return Buffer.concat(
    packets.map(({ payload }) => payload.subarray(codec === 'vp8' ? 6 : vp9Length(payload))),
  );
}

function nalUnits(payload: Buffer): Buffer[] {
  const startCode = Buffer.from([0, 0, 0, 1]);
  const type = payload[0]! & 0x1f;
  if (type === 24) {
    const units: Buffer[] = [];
    for (let at = 1; at < payload.length; at += 2 + payload.readUInt16BE(at)) {
      units.push(startCode, payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)));
    }
    return units;
  }
  if (type !== 28) return [startCode, payload];
  const begins = (payload[1]! & 0x80) !== 0;
  const head = Buffer.from([(payload[0]! & 0xe0) | (payload[1]! & 0x1f)]);
  return [...(begins ? [startCode, head] : []), payload.subarray(2)];
}

function vp9Length(payload: Buffer): number {
  return (payload[0]! & 0x02) !== 0 ? 13 : 5;
}

/** A file that ffmpeg reads: IVF, or the byte stream of H.264. */
export function bitstreamFile(
  codec: VideoCodec,
  frames: readonly Buffer[],
  size: { width: number; height: number },
): Buffer {
  if (codec === 'h264') return Buffer.concat(frames);
  const head = Buffer.alloc(32);
  head.write('DKIF', 0, 'latin1');
  head.writeUInt16LE(32, 6);
  head.write(codec === 'vp8' ? 'VP80' : 'VP90', 8, 'latin1');
  head.writeUInt16LE(size.width, 12);
  head.writeUInt16LE(size.height, 14);
  head.writeUInt32LE(30, 16);
  head.writeUInt32LE(1, 20);
  head.writeUInt32LE(frames.length, 24);
  const parts = frames.flatMap((frame, i) => {
    const frameHead = Buffer.alloc(12);
    frameHead.writeUInt32LE(frame.length, 0);
    frameHead.writeUInt32LE(i, 4);
    return [frameHead, frame];
  });
  return Buffer.concat([head, ...parts]);
}

/** A hash of each decoded picture. ffmpeg must find no fault. */
export function decodedHashes(codec: VideoCodec, file: Buffer): string[] {
  return inTemporaryFile(codec, file, (path) =>
    ffmpeg(['-xerror', '-i', path, '-fps_mode', 'passthrough', '-f', 'framemd5', '-'])
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(',').at(-1)!.trim()),
  );
}

/** Decoded pictures as RGB of 320x180. */
export function decodedPictures(codec: VideoCodec, file: Buffer): Buffer[] {
  const raw = inTemporaryFile(codec, file, (path) =>
    ffmpeg([
      '-i',
      path,
      '-fps_mode',
      'passthrough',
      '-vf',
      'scale=320:180',
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      '-',
    ]),
  );
  const size = 320 * 180 * 3;
  return Array.from({ length: raw.length / size }, (_, i) => raw.subarray(i * size, (i + 1) * size));
}

/** Decoded sound, mono, 48 kHz. */
export function decodedSound(path: string): Float32Array {
  const raw = ffmpeg(['-i', path, '-ac', '1', '-ar', '48000', '-f', 'f32le', '-']);
  return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
}

/** What ffprobe knows of each packet of a file: its size, and whether it is a key frame. */
export function probedPackets(path: string): { size: number; isKey: boolean }[] {
  const args = ['-v', 'error', '-show_entries', 'packet=size,flags', '-of', 'csv=p=0', path];
  return execFileSync('ffprobe', args)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ size: parseInt(line), isKey: line.includes('K') }));
}

function ffmpeg(args: string[]): Buffer {
  return execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...args], { maxBuffer: 1 << 30 });
}

function inTemporaryFile<T>(codec: VideoCodec, content: Buffer, use: (path: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'parley-bitstream-'));
  try {
    const path = join(directory, codec === 'h264' ? 'a.h264' : 'a.ivf');
    writeFileSync(path, content);
    return use(path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
