import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAnnexB } from '../../loadtest/media/containers/annexB.ts';
import { parseIvf } from '../../loadtest/media/containers/ivf.ts';
import { parseOggOpus } from '../../loadtest/media/containers/oggOpus.ts';
import { packetizeH264 } from '../../loadtest/media/packetizers/h264.ts';
import { packetizeVp8 } from '../../loadtest/media/packetizers/vp8.ts';
import { toNtp } from '../../loadtest/rtp/ntp.ts';
import { writeCname, writeSenderReport } from '../../loadtest/rtp/rtcpWriter.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import { PlainInlet } from '../../src/sfu/PlainInlet.ts';
import type { Room } from '../../src/sfu/Room.ts';
import { joinPeer } from './testRooms.ts';

const execute = promisify(execFile);
const FPS = 25;
/** ms. */
export const PERIOD = 2000;

interface Packet {
  payload: Buffer;
  marker: boolean;
}

interface Clip {
  video: Packet[][];
  audio: Buffer[];
}

type Codec = 'vp8' | 'h264';

const clips = new Map<Codec, Clip>();

/** A white flash and a beep at the beginning of every two seconds, 120 ms long. */
async function makeClip(codec: Codec): Promise<Clip> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-flash-'));
  try {
    const picture = `color=black:s=320x240:r=${FPS}:d=2,drawbox=c=white:t=fill:enable='lt(t,0.12)'`;
    const tone = "aevalsrc='if(lt(t,0.12),0.6*sin(2*PI*1000*t),0)':s=48000:d=2";
    const file = join(directory, codec === 'vp8' ? 'video.ivf' : 'video.h264');
    const encoder =
      codec === 'vp8'
        ? ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '300k', '-auto-alt-ref', '0']
        : ['-c:v', 'libx264', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p', '-tune', 'zerolatency'];
    await execute('ffmpeg', [
      '-nostdin',
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      picture,
      ...encoder,
      '-g',
      '25',
      file,
    ]);
    const sound = join(directory, 'audio.opus');
    // Low delay has no look-ahead that would put the beep later in the packets than it is in the source.
    const opus = ['-c:a', 'libopus', '-application', 'lowdelay', '-frame_duration', '20'];
    await execute('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', tone, ...opus, sound]);
    const frames = codec === 'vp8' ? parseIvf(readFileSync(file)) : parseAnnexB(readFileSync(file));
    const video = (frames as readonly Buffer[]).map((frame, i) => {
      const { packets } = codec === 'vp8' ? packetizeVp8(frame, i, false) : packetizeH264(frame as never);
      return packets.map(({ descriptor, payload }, n) => ({
        payload: descriptor ? Buffer.concat([descriptor, payload]) : payload,
        marker: n === packets.length - 1,
      }));
    });
    const { packets } = parseOggOpus(readFileSync(sound));
    return { video, audio: packets.slice(0, PERIOD / 20) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Stream {
  inlet: PlainInlet;
  rate: number;
  ssrc: number;
  payloadType: number;
  sequence: number;
  /** RTP timestamp at the publisher's time zero. */
  base: number;
  packets: number;
  octets: number;
}

export interface FlashOptions {
  codec?: Codec;
  /** ms by which video is on its way longer than audio: what a recorder that goes by arrival would be off. */
  videoDelay?: number;
  /** ms by which the publisher's clock is ahead of ours. */
  clockOffset?: number;
  name?: string;
}

/**
 * A participant that shows flashes and beeps, which begin at the same time by its sender reports, sent as plain RTP by
 * real sockets. What is published is therefore known exactly.
 */
export class FlashPublisher {
  readonly peer: Peer;
  /** When the first flash was, by our clock. */
  readonly startedAt = performance.timeOrigin + performance.now();
  readonly #room: Room;
  readonly #clip: Clip;
  readonly #options: Required<FlashOptions>;
  readonly #socket: Socket;
  #video: Stream | undefined;
  #audio: Stream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentFrames = 0;
  #sentSounds = 0;
  #reports = 0;
  /** Whether sound is sent. */
  isMuted = false;

  private constructor(room: Room, peer: Peer, clip: Clip, options: Required<FlashOptions>) {
    this.#room = room;
    this.peer = peer;
    this.#clip = clip;
    this.#options = options;
    this.#socket = createSocket('udp4');
  }

  /** To be awaited before there is a room, which may close for being empty while the clips are made. */
  static async makeClips(...codecs: Codec[]): Promise<void> {
    for (const codec of codecs) clips.set(codec, await makeClip(codec));
  }

  static async open(room: Room, options: FlashOptions = {}): Promise<FlashPublisher> {
    const all = { codec: 'vp8' as const, videoDelay: 0, clockOffset: 0, name: 'Flash', ...options };
    const made = clips.get(all.codec);
    if (!made) throw new Error(`makeClips() was not asked for ${all.codec}`);
    const peer = await joinPeer(room, { name: all.name, data: false });
    const publisher = new FlashPublisher(room, peer, made, all);
    await new Promise<void>((resolve) => publisher.#socket.bind(0, '127.0.0.1', resolve));
    await publisher.publish();
    publisher.#timer = setInterval(() => publisher.#send(), 10);
    return publisher;
  }

  /** Both tracks, also once more after a worker died. */
  async publish(): Promise<void> {
    const { codec } = this.#options;
    this.#audio = await this.#open('audio', 111, 'audio/opus', 48_000);
    this.#video = await this.#open('video', 96, codec === 'vp8' ? 'video/VP8' : 'video/H264', 90_000);
  }

  get audioId(): string {
    return this.#audio?.inlet.producer.producerId ?? '';
  }

  get videoId(): string {
    return this.#video?.inlet.producer.producerId ?? '';
  }

  close(): void {
    if (this.peer.closed && !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#socket.close();
    this.peer.close('left');
  }

  async #open(kind: 'audio' | 'video', payloadType: number, mimeType: string, rate: number): Promise<Stream> {
    const ssrc = Math.floor(Math.random() * 0xfffffff) + 1;
    const parameters =
      mimeType === 'video/H264'
        ? { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 }
        : {};
    const inlet = await PlainInlet.open({
      room: this.#room,
      peer: this.peer,
      kind,
      source: kind === 'audio' ? 'microphone' : 'camera',
      listen: { protocol: 'udp', ip: '127.0.0.1' },
      rtpParameters: {
        codecs: [
          {
            mimeType,
            payloadType,
            clockRate: rate,
            ...(kind === 'audio' ? { channels: 2 } : {}),
            parameters,
            rtcpFeedback: [],
          },
        ],
        headerExtensions: [],
        encodings: [{ ssrc }],
        rtcp: { cname: this.#options.name },
      },
    });
    const base = Math.floor(Math.random() * 0xffffffff);
    return { inlet, rate, ssrc, payloadType, sequence: 1, base, packets: 0, octets: 0 };
  }

  #send(): void {
    const { videoDelay } = this.#options;
    const passed = performance.timeOrigin + performance.now() - this.startedAt;
    for (; this.#sentFrames * (1000 / FPS) + videoDelay <= passed; this.#sentFrames++) {
      const frame = this.#clip.video[this.#sentFrames % this.#clip.video.length] ?? [];
      for (const packet of frame) this.#packet(this.#video, this.#sentFrames * (1000 / FPS), packet);
    }
    for (; this.#sentSounds * 20 <= passed; this.#sentSounds++) {
      const payload = this.#clip.audio[this.#sentSounds % this.#clip.audio.length];
      if (payload && !this.isMuted)
        this.#packet(this.#audio, this.#sentSounds * 20, { payload, marker: false });
    }
    for (; this.#reports * 500 <= passed; this.#reports++) {
      this.#report(this.#audio, passed);
      this.#report(this.#video, passed);
    }
  }

  #timestamp(stream: Stream, at: number): number {
    return (stream.base + Math.round((at * stream.rate) / 1000)) % 2 ** 32;
  }

  #packet(stream: Stream | undefined, at: number, { payload, marker }: Packet): void {
    if (!stream) return;
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8(stream.payloadType | (marker ? 0x80 : 0), 1);
    header.writeUInt16BE(stream.sequence++ & 0xffff, 2);
    header.writeUInt32BE(this.#timestamp(stream, at), 4);
    header.writeUInt32BE(stream.ssrc, 8);
    stream.packets += 1;
    stream.octets += payload.length;
    this.#socket.send([header, payload], stream.inlet.address.port, '127.0.0.1');
  }

  #report(stream: Stream | undefined, passed: number): void {
    if (!stream || stream.packets === 0) return;
    const { ssrc, packets, octets } = stream;
    const report = {
      ssrc,
      ntp: toNtp(this.startedAt + passed + this.#options.clockOffset),
      rtpTimestamp: this.#timestamp(stream, passed),
      packets,
      octets,
      blocks: [],
    };
    const compound = Buffer.concat([writeSenderReport(report), writeCname(ssrc, this.#options.name)]);
    this.#socket.send(compound, stream.inlet.address.port, '127.0.0.1');
  }
}
