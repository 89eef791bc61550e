import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { LevelMeter } from '../lib/LevelMeter.ts';
import { base } from './styles.ts';
import { text } from './text.ts';

const STEPS = [0.12, 0.26, 0.4, 0.54, 0.68];

/** How loud the microphone is right now, as a few bars. */
export class LevelBar extends LitElement {
  static override properties = { track: { attribute: false }, lit: { state: true } };

  declare track: MediaStreamTrack | null;
  /** How many of the bars are on. */
  declare protected lit: number;

  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
      }
      div {
        display: flex;
        align-items: center;
        gap: 3px;
        height: 18px;
      }
      i {
        width: 4px;
        height: 16px;
        border-radius: 2px;
        background: currentColor;
        opacity: 0.28;
        transform: scaleY(0.44);
        transition:
          opacity 0.08s,
          transform 0.08s;
      }
      i.on {
        opacity: 1;
        transform: none;
        background: var(--level-color, currentColor);
      }
    `,
  ];

  #meter: LevelMeter | null = null;

  constructor() {
    super();
    this.track = null;
    this.lit = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#measure();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('track')) this.#measure();
  }

  protected override render(): TemplateResult {
    return html`
      <div
        role="meter"
        aria-label=${text.microphoneLevel}
        aria-valuemin="0"
        aria-valuemax=${STEPS.length}
        aria-valuenow=${this.lit}
      >
        ${STEPS.map((_, index) => html`<i class=${index < this.lit ? 'on' : ''}></i>`)}
      </div>
    `;
  }

  #measure(): void {
    this.#stop();
    if (!this.track || !this.isConnected) return;
    this.#meter = new LevelMeter(this.track);
    this.#meter.on('level', (level) => {
      this.lit = STEPS.filter((step) => level >= step).length;
    });
  }

  #stop(): void {
    this.#meter?.close();
    this.#meter = null;
    this.lit = 0;
  }
}
