import { MediaStreamTrack, RtpHeader, RtpPacket } from 'werift';

/** ms after which one hears oneself. */
const DELAY = 1000;
/** ms of silence after which somebody else may have the word. */
const PAUSE = 500;
/** Samples of Opus in 20 ms (RFC 7587 section 4.1). */
const FRAME = 960;

/** A microphone that says what others have said, packet by packet: nothing is decoded. */
export class Echo {
  track = new MediaStreamTrack({ kind: 'audio' });
  #speaker;
  #heardAt = 0;
  /** Added to the numbers of whoever has the word, so that the others hear one stream without a jump. */
  #shift = { sequenceNumber: 0, timestamp: 0 };
  #last = { sequenceNumber: 0, timestamp: 0 };
  #timers = new Set();

  /** Listens to somebody's track until the returned function is called. */
  listen(track) {
    const { unSubscribe } = track.onReceiveRtp.subscribe((packet) => this.#hear(track, packet));
    return unSubscribe;
  }

  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.track.stop();
  }

  #hear(track, { header, payload }) {
    const now = Date.now();
    if (this.#speaker !== track) {
      if (now - this.#heardAt < PAUSE) return;
      this.#speaker = track;
      this.#shift = {
        sequenceNumber: this.#last.sequenceNumber + 1 - header.sequenceNumber,
        timestamp: this.#last.timestamp + FRAME - header.timestamp,
      };
    }
    this.#heardAt = now;
    // 16 and 32 bits wide (RFC 3550 section 5.1).
    const sequenceNumber = (header.sequenceNumber + this.#shift.sequenceNumber) & 0xffff;
    const timestamp = (header.timestamp + this.#shift.timestamp) >>> 0;
    this.#last = { sequenceNumber, timestamp };
    const { payloadType, marker } = header;
    const copy = new RtpPacket(
      new RtpHeader({ payloadType, marker, sequenceNumber, timestamp }),
      Buffer.from(payload),
    );
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.track.writeRtp(copy);
    }, DELAY);
    this.#timers.add(timer);
  }
}
