/** What a person can hear happening. */
export type Cue = 'join' | 'leave' | 'hand' | 'message' | 'knock';

interface Note {
  /** Hz. */
  pitch: number;
  /** Seconds after the cue's beginning. */
  at: number;
  /** Seconds until it has died away. */
  length: number;
}

/** Rising: somebody comes. Falling: somebody goes. A knock is low and dull, as on wood. */
const CUES: Record<Cue, readonly Note[]> = {
  join: [
    { pitch: 523.25, at: 0, length: 0.16 },
    { pitch: 783.99, at: 0.09, length: 0.3 },
  ],
  leave: [
    { pitch: 587.33, at: 0, length: 0.16 },
    { pitch: 392, at: 0.09, length: 0.3 },
  ],
  hand: [
    { pitch: 659.25, at: 0, length: 0.14 },
    { pitch: 830.61, at: 0.08, length: 0.14 },
    { pitch: 987.77, at: 0.16, length: 0.34 },
  ],
  message: [{ pitch: 880, at: 0, length: 0.22 }],
  knock: [
    { pitch: 164.81, at: 0, length: 0.11 },
    { pitch: 164.81, at: 0.17, length: 0.11 },
    { pitch: 164.81, at: 0.34, length: 0.13 },
  ],
};

/** Of full scale: beside voices, not over them. */
const LOUDNESS = 0.12;

/** Seconds in which the same cue sounds only once: fifty people who come at once are one event. */
const REST = 0.5;

/** Plays short sounds, made here note by note (W3C Web Audio), on a chosen output. */
export class Sounds {
  readonly #context = new AudioContext();
  readonly #last = new Map<Cue, number>();
  #output = '';
  #closed = false;

  /** The id of an output; empty: the system's choice. Where the browser cannot choose, that stays. */
  set output(deviceId: string) {
    const context = this.#context as AudioContext & { setSinkId?: AudioContextSink };
    if (this.#closed || !context.setSinkId || this.#output === deviceId) return;
    this.#output = deviceId;
    // Where it cannot be had, the one before stays.
    context.setSinkId(deviceId).catch(() => undefined);
  }

  /** Does nothing while the browser keeps the page silent. */
  play(cue: Cue): void {
    if (this.#closed) return;
    if (this.#context.state !== 'running') {
      // A cue that comes late would tell of nothing that happens then.
      this.#context.resume().catch(() => undefined);
      return;
    }
    const now = this.#context.currentTime;
    if (now - (this.#last.get(cue) ?? -REST) < REST) return;
    this.#last.set(cue, now);
    for (const note of CUES[cue]) this.#note(note, now);
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.close().catch(() => undefined);
  }

  #note({ pitch, at, length }: Note, now: number): void {
    const start = now + at;
    const tone = new OscillatorNode(this.#context, { type: 'triangle', frequency: pitch });
    const gain = new GainNode(this.#context, { gain: 0 });
    // Neither edge clicks.
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.012);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
    tone.connect(gain).connect(this.#context.destination);
    tone.start(start);
    tone.stop(start + length);
  }
}

type AudioContextSink = (deviceId: string) => Promise<void>;
