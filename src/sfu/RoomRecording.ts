import type { RecordingInfo } from '../protocol/models.ts';
import type { RecordingEndReason } from '../protocol/recordingEnds.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

interface RoomRecordingEvents {
  /** `endReason`: why there is none any more. */
  changed: [recording: RecordingInfo | null, endReason: RecordingEndReason | undefined];
  /** What this node does is different now. */
  ownChanged: [];
}

/** Whether a room is being recorded, by this node or by another one, of which everybody in it is told. */
export class RoomRecording extends TypedEmitter<RoomRecordingEvents> {
  /** By node; one each at most, and one in all unless two began at a time. */
  readonly #elsewhere = new Map<string, RecordingInfo>();
  #own: RecordingInfo | null = null;
  #endReason: RecordingEndReason | undefined;
  #told: RecordingInfo | null = null;

  get current(): RecordingInfo | null {
    const [[, other] = []] = this.#elsewhere;
    return this.#own ?? other ?? null;
  }

  /** The other node that makes it; undefined while none does, or this one. */
  get node(): string | undefined {
    const [[node] = []] = this.#elsewhere;
    return this.#own ? undefined : node;
  }

  /** What this node does, and why it does not any more. */
  get own(): { recording: RecordingInfo | null; endReason?: RecordingEndReason } {
    return { recording: this.#own, ...(this.#endReason === undefined ? {} : { endReason: this.#endReason }) };
  }

  begin(recording: RecordingInfo): void {
    this.#own = recording;
    this.#endReason = undefined;
    this.emit('ownChanged');
    this.#tell();
  }

  /** Idempotent; of another recording it does nothing. */
  end(recordingId: string, reason: RecordingEndReason): void {
    if (this.#own?.recordingId !== recordingId) return;
    this.#own = null;
    this.#endReason = reason;
    this.emit('ownChanged');
    this.#tell(reason);
  }

  /** Another node records it, or (null) does not any more. */
  isMadeBy(node: string, recording: RecordingInfo | null, endReason?: RecordingEndReason): void {
    if (recording) this.#elsewhere.set(node, recording);
    else this.#elsewhere.delete(node);
    this.#tell(endReason);
  }

  #tell(endReason?: RecordingEndReason): void {
    const { current } = this;
    if (this.#told?.recordingId === current?.recordingId) return;
    this.#told = current;
    this.emit('changed', current, current ? undefined : endReason);
  }
}
