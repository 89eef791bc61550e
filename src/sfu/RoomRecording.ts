import type { RecordingInfo } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

interface RoomRecordingEvents {
  changed: [recording: RecordingInfo | null];
}

/** Whether a room is being recorded, of which everybody in it is told. */
export class RoomRecording extends TypedEmitter<RoomRecordingEvents> {
  #current: RecordingInfo | null = null;

  get current(): RecordingInfo | null {
    return this.#current;
  }

  begin(recording: RecordingInfo): void {
    this.#current = recording;
    this.emit('changed', recording);
  }

  /** Idempotent; of another recording it does nothing. */
  end(recordingId: string): void {
    if (this.#current?.recordingId !== recordingId) return;
    this.#current = null;
    this.emit('changed', null);
  }
}
