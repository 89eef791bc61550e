import { LitElement, html, nothing, type TemplateResult } from 'lit';
import type { PeerState } from '../../lib/publicTypes.ts';
import type { TrackStats } from '../../lib/statsTypes.ts';
import { icons } from '../icons.ts';
import { panelHead } from '../panelHead.ts';
import { ask, tell } from '../requests.ts';
import { stageIcons } from '../stage/stageIcons.ts';
import { base, buttons, fields, panels } from '../styles.ts';
import { text } from '../text.ts';
import { draw, inWords, PLOT, type Unit } from './plot.ts';
import { saveJson } from './saveJson.ts';
import { statisticsStyles } from './statisticsStyles.ts';
import { lossRate, StatsHistory, type Point } from './StatsHistory.ts';

/** ms from one reading to the next. */
const EVERY = 1000;

/** Live figures of the connection, or of a peer's tracks. It reads them only while it is there. */
export class StatisticsPanel extends LitElement {
  static override properties = { peers: { attribute: false }, subject: { attribute: false } };

  declare peers: readonly PeerState[];
  /** A peer; null: the connection. */
  declare subject: string | null;

  static override styles = [base, buttons, fields, panels, statisticsStyles];

  #history = new StatsHistory();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.peers = [];
    this.subject = null;
  }

  /** Puts the focus on the panel's close button. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#history = new StatsHistory();
    void this.#read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override render(): TemplateResult {
    const peer = this.peers.find(({ peerId }) => peerId === this.subject);
    const title = peer ? text.statisticsOf(peer.isLocal ? text.you : peer.name) : text.statistics;
    return html`
      ${panelHead(title, this)}
      <div class="body">
        <label class="field">
          <span class="label">${text.statisticsOfWhom}</span>
          <span class="select">
            <select class="input" data-role="statistics-subject" @change=${this.#chosen}>
              <option value="" ?selected=${!peer}>${text.statisticsConnection}</option>
              ${this.peers.map(
                ({ peerId, name, isLocal }) =>
                  html`<option value=${peerId} ?selected=${peerId === peer?.peerId}>
                    ${isLocal ? text.youSuffix(name) : name}
                  </option>`,
              )}
            </select>
            ${icons.chevron}
          </span>
        </label>
        ${peer ? this.#tracks(peer) : this.#connection()}
      </div>
      <footer>
        <p>${text.statisticsLead}</p>
        <button class="button small" data-action="save-statistics" @click=${this.#save}>
          ${stageIcons.save} ${text.statisticsSave}
        </button>
      </footer>
    `;
  }

  #connection(): TemplateResult {
    const history = this.#history;
    if (history.samples.length === 0) return html`<p>${text.statisticsWaiting}</p>`;
    const loss = (direction: 'send' | 'receive'): Point[] =>
      history.ofConnection(direction, (now, before) => lossRate(direction, now, before));
    return html`
      <section>
        <h3>${text.sent}</h3>
        ${plot(
          text.plotBitrate,
          history.ofConnection('send', ({ bitrate }) => bitrate),
          'bps',
        )}
        ${plot(
          text.plotAvailable,
          history.ofConnection('send', ({ availableBitrate }) => availableBitrate),
          'bps',
        )}
        ${plot(text.plotLoss, loss('send'), 'share')}
        ${plot(
          text.plotRoundTrip,
          history.ofConnection('send', ({ roundTripTime }) => roundTripTime),
          'ms',
        )}
      </section>
      <section>
        <h3>${text.received}</h3>
        ${plot(
          text.plotBitrate,
          history.ofConnection('receive', ({ bitrate }) => bitrate),
          'bps',
        )}
        ${plot(text.plotLoss, loss('receive'), 'share')}
        ${plot(
          text.plotRoundTrip,
          history.ofConnection('receive', ({ roundTripTime }) => roundTripTime),
          'ms',
        )}
      </section>
    `;
  }

  #tracks(peer: PeerState): unknown {
    const now = this.#history.samples.at(-1);
    if (!now) return html`<p>${text.statisticsWaiting}</p>`;
    const tracks = now.tracks.filter(({ peerId }) => peerId === peer.peerId);
    if (tracks.length === 0) return html`<p>${text.statisticsNothing}</p>`;
    return tracks.map((track) => this.#track(track));
  }

  #track(track: TrackStats): TemplateResult {
    const { producerId, direction, kind, layers, codec, freezeCount, framesDropped } = track;
    const curve = (figure: (now: TrackStats) => number | null): Point[] =>
      this.#history.ofTrack(producerId, figure);
    const loss = this.#history.ofTrack(producerId, (now, before) => lossRate(direction, now, before));
    const facts = [
      ...(codec === null ? [] : [text.codec(codec.replace(/^.*\//, ''))]),
      ...(freezeCount === null ? [] : [text.freezes(freezeCount)]),
      ...(framesDropped === null ? [] : [text.framesDropped(framesDropped)]),
    ];
    return html`
      <section data-role="track-statistics">
        <h3>${sourceName(track)}</h3>
        ${plot(
          text.plotBitrate,
          curve(({ bitrate }) => bitrate),
          'bps',
        )}
        ${plot(text.plotLoss, loss, 'share')}
        ${
          direction === 'send'
            ? plot(
                text.plotRoundTrip,
                curve(({ roundTripTime }) => roundTripTime),
                'ms',
              )
            : nothing
        }
        ${plot(
          text.plotJitter,
          curve(({ jitter }) => jitter),
          'ms',
        )}
        ${
          kind === 'video'
            ? html`
                ${plot(
                  text.plotFrames,
                  curve(({ framesPerSecond }) => framesPerSecond),
                  'frames',
                )}
                ${plot(
                  text.plotLines,
                  curve(({ frameHeight }) => frameHeight),
                  'lines',
                )}
              `
            : nothing
        }
        ${layers.length > 1 ? layerTable(layers) : nothing}
        ${facts.length > 0 ? html`<p class="facts">${facts.join(' · ')}</p>` : nothing}
      </section>
    `;
  }

  async #read(): Promise<void> {
    const history = this.#history;
    try {
      await ask(this, {
        type: 'readStatistics',
        take: (stats) => {
          if (this.isConnected && history === this.#history) history.add(stats, Date.now());
        },
      });
    } catch {
      // Between two media sessions there is nothing to read; the next attempt may find it again.
    }
    if (!this.isConnected || history !== this.#history) return;
    this.requestUpdate();
    this.#timer = setTimeout(() => void this.#read(), EVERY);
  }

  #chosen(event: Event): void {
    const { value } = event.currentTarget as HTMLSelectElement;
    tell(this, { type: 'showStatistics', peerId: value === '' ? null : value });
  }

  readonly #save = (): void => {
    const people = this.peers.map(({ peerId, name }) => ({ peerId, name }));
    saveJson(this, 'parley-statistics.json', { people, ...this.#history.toJSON() });
  };
}

function plot(name: string, points: readonly Point[], unit: Unit): TemplateResult | typeof nothing {
  const { line, area, top, now, most } = draw(points, unit);
  // What this browser never tells is not shown as a plot of nothing.
  if (most === null) return nothing;
  return html`
    <figure>
      <figcaption><span>${name}</span><b>${inWords(now, unit)}</b></figcaption>
      <div class="plot">
        <svg
          viewBox="0 0 ${PLOT.width} ${PLOT.height}"
          preserveAspectRatio="none"
          role="img"
          aria-label=${text.plotNow(name, inWords(now, unit))}
        >
          <path class="area" d=${area} />
          <path class="line" d=${line} />
        </svg>
        <span class="top" aria-hidden="true">${inWords(top, unit)}</span>
      </div>
    </figure>
  `;
}

function layerTable(layers: TrackStats['layers']): TemplateResult {
  return html`
    <table>
      <caption>
        ${text.layers}
      </caption>
      ${layers.map(
        ({ rid, height, framesPerSecond, bitrate, active }) => html`
          <tr>
            <th scope="row">${rid ?? '–'}</th>
            ${
              active && height !== null
                ? html`<td>${inWords(height, 'lines')}</td>
                    <td>${inWords(framesPerSecond, 'frames')}</td>
                    <td>${inWords(bitrate, 'bps')}</td>`
                : html`<td colspan="3">${text.layerOff}</td>`
            }
          </tr>
        `,
      )}
    </table>
  `;
}

function sourceName({ source }: TrackStats): string {
  const { camera, microphone, screenShare } = text;
  const names: Partial<Record<string, string>> = { camera, microphone, screen: screenShare };
  return names[source] ?? source;
}
