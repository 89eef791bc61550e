import { PlainOutlet } from '../sfu/PlainOutlet.ts';
import type { Room } from '../sfu/Room.ts';
import { invalidState } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import type { StreamDescription, WrittenFile } from './recorder/messages.ts';
import type { RecorderProcess } from './RecorderProcess.ts';
import type { RecordedTrack } from './timeline.ts';

/** Where recorders listen, and nobody else can send from. */
const LOOPBACK = '127.0.0.1';

export interface TrackRecorderParts {
  room: Room;
  producerId: string;
  /** Its part of the timeline. */
  entry: RecordedTrack;
  /** The timeline has changed; `urgent`: what is lost of it now could not be found again. */
  onChange: (urgent: boolean) => void;
  logger: Logger;
}

/** One track's way into files: out of the room as plain RTP, and into the recorder process. */
export class TrackRecorder {
  readonly #parts: TrackRecorderParts;
  #outlet: PlainOutlet | undefined;
  #recorder: RecorderProcess | undefined;
  #attempts = 0;
  #streamId: string;
  #closed = false;

  constructor(parts: TrackRecorderParts) {
    this.#parts = parts;
    this.#streamId = parts.entry.trackId;
  }

  /** What the recorder calls it at present. */
  get streamId(): string {
    return this.#streamId;
  }

  /**
   * Sends the track to a recorder, which may be another one than before.
   *
   * @throws ParleyError when the track or its worker is gone, or the recorder does not answer.
   */
  async begin(recorder: RecorderProcess): Promise<void> {
    const { room, producerId, entry, onChange } = this.#parts;
    this.#outlet?.close();
    this.#attempts += 1;
    const streamId = this.#attempts === 1 ? entry.trackId : `${entry.trackId}-${this.#attempts}`;
    this.#streamId = streamId;
    this.#recorder = recorder;
    const isCurrent = (): boolean => !this.#closed && this.#streamId === streamId;
    const outlet = await PlainOutlet.open({ room, producerId, listenIp: LOOPBACK });
    this.#assert(isCurrent(), outlet);
    this.#outlet = outlet;
    try {
      const port = await recorder.open(streamId, this.#describe(outlet));
      this.#assert(isCurrent(), outlet);
      await outlet.connect({ ip: LOOPBACK, port });
      if (outlet.producerPaused) this.paused();
      await outlet.resume();
      this.#assert(isCurrent(), outlet);
      onChange(false);
    } catch (error) {
      outlet.close();
      void recorder.closeTrack(streamId);
      throw error;
    }
  }

  keyFrameNeeded(): void {
    // It may be gone already, and with it the need.
    this.#outlet?.requestKeyFrame().catch(() => undefined);
  }

  wrote(written: WrittenFile, complete: boolean): void {
    const { entry, onChange } = this.#parts;
    const { frames, ...facts } = written;
    const at = entry.files.findIndex(({ file }) => file === written.file);
    const file = { ...facts, state: complete ? ('raw' as const) : ('writing' as const) };
    if (at >= 0) entry.files[at] = file;
    else entry.files.push(file);
    this.#parts.logger.debug({ file: written.file, frames, complete }, 'recorded');
    onChange(at < 0 || complete);
  }

  paused(): void {
    const { entry, onChange } = this.#parts;
    if (entry.pauses.at(-1)?.to === null) return;
    entry.pauses.push({ from: Date.now(), to: null });
    onChange(false);
  }

  resumed(): void {
    const { entry, onChange } = this.#parts;
    const last = entry.pauses.at(-1);
    if (last?.to === null) last.to = Date.now();
    onChange(false);
  }

  /** Resolves when its files are complete. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { entry, onChange } = this.#parts;
    entry.endedAt = Date.now();
    this.resumed();
    this.#outlet?.close();
    await this.#recorder?.closeTrack(this.#streamId);
    onChange(true);
  }

  #assert(isCurrent: boolean, outlet: PlainOutlet): void {
    if (isCurrent && !outlet.closed) return;
    outlet.close();
    throw invalidState('the track is not to be recorded any more');
  }

  #describe({ rtpParameters }: PlainOutlet): StreamDescription {
    const { room, producerId, entry } = this.#parts;
    const [codec] = rtpParameters.codecs;
    const [encoding] = rtpParameters.encodings ?? [];
    if (!codec || encoding?.ssrc === undefined) throw invalidState('the track has no stream');
    const picture = room.tracks.get(producerId)?.picture;
    return {
      kind: entry.kind,
      mimeType: codec.mimeType,
      clockRate: codec.clockRate,
      channels: codec.channels ?? 1,
      payloadType: codec.payloadType,
      ssrc: encoding.ssrc,
      width: picture?.width ?? 0,
      height: picture?.height ?? 0,
    };
  }
}
