import { LitElement, css, html, type TemplateResult } from 'lit';
import { settledWithin } from '../../lib/settledWithin.ts';
import { icons } from '../icons.ts';
import { playWhenAllowed } from '../playback.ts';
import { base, buttons } from '../styles.ts';
import { text } from '../text.ts';

/** Hz of the notes, one after the other. */
const NOTES = [523.25, 659.25, 783.99];
/** Seconds that each takes. */
const NOTE = 0.28;
/** ms for the browser to start. */
const PATIENCE = 2000;

/** Plays a few notes on the chosen speaker, so that one hears whether it is the right one. */
export class SpeakerTest extends LitElement {
  static override properties = { sinkId: { attribute: false }, playing: { state: true } };

  /** Empty for the system's choice. */
  declare sinkId: string;
  declare protected playing: boolean;

  #context: AudioContext | null = null;

  static override styles = [
    base,
    buttons,
    css`
      .button {
        width: 100%;
      }
    `,
  ];

  constructor() {
    super();
    this.sinkId = '';
    this.playing = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override render(): TemplateResult {
    return html`<button
      type="button"
      class="button small"
      data-action="test-speaker"
      aria-busy=${this.playing}
      @click=${this.#play}
    >
      ${icons.speaker} ${this.playing ? text.speakerTesting : text.speakerTest}
    </button>`;
  }

  readonly #play = (): void => {
    this.#stop();
    const context = (this.#context = new AudioContext());
    // Through an element, because choosing a context's speaker is not possible everywhere.
    const way = context.createMediaStreamDestination();
    const audio = new Audio();
    audio.srcObject = way.stream;
    NOTES.forEach((frequency, index) => {
      const from = context.currentTime + 0.1 + index * NOTE;
      const tone = new OscillatorNode(context, { frequency, type: 'triangle' });
      const loudness = new GainNode(context, { gain: 0 });
      // Without a fade each note would begin and end with a click.
      loudness.gain.setValueAtTime(0, from);
      loudness.gain.linearRampToValueAtTime(0.25, from + 0.02);
      loudness.gain.linearRampToValueAtTime(0, from + NOTE);
      tone.connect(loudness).connect(way);
      tone.start(from);
      tone.stop(from + NOTE);
      if (index === NOTES.length - 1) tone.onended = () => this.#stop(context);
    });
    playWhenAllowed(audio, this.sinkId, this);
    this.playing = true;
    // In Firefox it never begins where there is no loudspeaker.
    void settledWithin(
      context.resume().catch(() => undefined),
      PATIENCE,
    ).then(() => {
      if (context.state !== 'running') this.#stop(context);
    });
  };

  /** @param context Only if it is still this one. */
  #stop(context = this.#context): void {
    if (!context || context !== this.#context) return;
    this.#context = null;
    this.playing = false;
    context.close().catch(() => undefined);
  }
}
