import { join } from 'node:path';
import { recordedCodec, type RecordedCodec } from './codecs/codecs.ts';
import type { Frame } from './codecs/Frame.ts';
import { opusHead } from './codecs/opus.ts';
import type { StreamDescription, WrittenFile } from './messages.ts';
import { PacketOrder } from './PacketOrder.ts';
import { isRtcp, readRtp, readSenderReports, type RtpPacket } from './rtpPackets.ts';
import { TrackClock } from './TrackClock.ts';
import { TrackFile } from './TrackFile.ts';

/** ms between two requests for a key frame. */
const KEY_FRAME_REQUESTS = 1000;

interface Events {
  keyFrameNeeded: () => void;
  file: (file: WrittenFile, complete: boolean) => void;
  failed: (reason: string) => void;
}

/** Turns the packets of one RTP stream into files: one, and another whenever the codec's configuration changes. */
export class TrackWriter {
  readonly #trackId: string;
  readonly #directory: string;
  readonly #stream: StreamDescription;
  readonly #codec: RecordedCodec;
  readonly #events: Events;
  readonly #order = new PacketOrder((packet, isAfterLoss) => this.#take(packet, isAfterLoss));
  readonly #clock: TrackClock;
  #payloads: Buffer[] = [];
  #timestamp: number | undefined;
  /** Timestamp of a frame of which a packet was lost. */
  #cut: number | undefined;
  /** Whether nothing can be decoded before a key frame. */
  #waitsForKey: boolean;
  #keyFrameAskedAt = -Infinity;
  #file: TrackFile | undefined;
  #files = 0;
  #toldFrames = 0;
  #size: { width?: number; height?: number } = {};
  #isOver = false;

  /** @throws Error for a codec that cannot be recorded. */
  constructor(trackId: string, directory: string, stream: StreamDescription, events: Events) {
    const codec = recordedCodec(stream.mimeType);
    if (!codec) throw new Error(`${stream.mimeType} cannot be recorded`);
    this.#trackId = trackId;
    this.#directory = directory;
    this.#stream = stream;
    this.#codec = codec;
    this.#events = events;
    this.#clock = new TrackClock(stream.clockRate);
    this.#waitsForKey = stream.kind === 'video';
  }

  /** Bytes of the file that is being written. */
  get bytes(): number {
    return this.#file?.bytes ?? 0;
  }

  /** A datagram of RTP or RTCP; anything else, and other streams, are passed over. */
  receive(datagram: Buffer): void {
    if (this.#isOver) return;
    if (isRtcp(datagram)) {
      for (const report of readSenderReports(datagram)) {
        if (report.ssrc === this.#stream.ssrc) this.#clock.report(report);
      }
      return;
    }
    const packet = readRtp(datagram);
    if (!packet || packet.ssrc !== this.#stream.ssrc || packet.payloadType !== this.#stream.payloadType)
      return;
    this.#order.add(packet, performance.now());
  }

  /** To be called about ten times a second. */
  tick(): void {
    this.#order.tick(performance.now());
  }

  /** Tells how far the file has grown, if it has. */
  tell(): void {
    if (!this.#file || this.#file.frames === this.#toldFrames) return;
    this.#toldFrames = this.#file.frames;
    this.#events.file(this.#facts(this.#file), false);
  }

  /** Writes what waits; resolves when it is on the disk. Idempotent. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#order.flush();
    this.#finishFrame(performance.timeOrigin + performance.now());
    this.#isOver = true;
    await this.#complete();
  }

  #take(packet: RtpPacket, isAfterLoss: boolean): void {
    const now = performance.timeOrigin + performance.now();
    if (isAfterLoss && this.#stream.kind === 'video') {
      // What is lost was the end of one frame, the begin of the next, or something that later ones build on.
      this.#waitsForKey = true;
      this.#payloads = [];
      this.#timestamp = undefined;
      this.#cut = packet.timestamp;
      this.#askForKeyFrame();
    }
    if (this.#timestamp !== undefined && packet.timestamp !== this.#timestamp) this.#finishFrame(now);
    // Packets without a payload only probe the bandwidth.
    if (packet.payload.length === 0 || packet.timestamp === this.#cut) return;
    this.#cut = undefined;
    this.#timestamp = packet.timestamp;
    this.#payloads.push(packet.payload);
    if (packet.marker || this.#stream.kind === 'audio') this.#finishFrame(now);
  }

  #finishFrame(now: number): void {
    const payloads = this.#payloads;
    const timestamp = this.#timestamp;
    this.#payloads = [];
    this.#timestamp = undefined;
    if (timestamp === undefined) return;
    const time = this.#clock.time(timestamp, now);
    const frame = this.#codec.assemble(payloads);
    if (frame) this.#write(frame, time);
    else if (this.#stream.kind === 'video') this.#waitsForKey = true;
    if (this.#waitsForKey) this.#askForKeyFrame();
  }

  #write(frame: Frame, time: number): void {
    if (this.#waitsForKey && !frame.key) return;
    const isNew = !this.#file || (frame.key && !this.#file.fits(frame));
    if (isNew) {
      if (this.#codec.needsConfiguration && !frame.configuration) return;
      void this.#complete();
      this.#open(frame, time);
    }
    this.#waitsForKey = false;
    this.#file?.write(frame, time);
    if (isNew) this.tell();
  }

  #open(frame: Frame, time: number): void {
    const { kind, channels } = this.#stream;
    this.#files += 1;
    const name = `${this.#trackId}-${this.#files}.mkv`;
    const track = {
      codecId: this.#codec.codecId,
      kind,
      configuration: kind === 'audio' ? opusHead(channels) : frame.configuration,
      width: frame.width ?? this.#stream.width,
      height: frame.height ?? this.#stream.height,
      channels,
    };
    this.#toldFrames = 0;
    this.#file = new TrackFile(name, join(this.#directory, name), track, time, (error) => {
      this.#isOver = true;
      this.#events.failed(error instanceof Error ? error.message : String(error));
    });
    if (frame.width !== undefined && frame.height !== undefined) {
      this.#size = { width: frame.width, height: frame.height };
    }
  }

  async #complete(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (!file) return;
    await file.close();
    this.#events.file(this.#facts(file), true);
  }

  #facts(file: TrackFile): WrittenFile {
    const { shift } = this.#clock;
    return {
      file: file.name,
      startedAt: file.startsAt + shift,
      endedAt: file.endsAt + shift,
      bytes: file.bytes,
      frames: file.frames,
      lostPackets: this.#order.lost,
      ...(this.#stream.kind === 'video' ? this.#size : {}),
    };
  }

  #askForKeyFrame(): void {
    const now = performance.now();
    if (now - this.#keyFrameAskedAt < KEY_FRAME_REQUESTS) return;
    this.#keyFrameAskedAt = now;
    this.#events.keyFrameNeeded();
  }
}
