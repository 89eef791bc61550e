import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerState, PublicationState } from '../lib/publicTypes.ts';
import { sameRect, type Rect } from './gridLayout.ts';
import { icons } from './icons.ts';
import { hueOf, initials } from './peerLook.ts';
import { participantTileStyles } from './participantTileStyles.ts';
import { playWhenAllowed } from './playback.ts';
import { streamOf } from './streams.ts';
import { avatar, base } from './styles.ts';
import { text } from './text.ts';

/**
 * One participant: camera or avatar, shared screen, and everything of theirs that can be heard.
 *
 * It stands at `rect`, and its screen at `screenRect`, both in the grid's coordinates; without a `rect` it is out
 * of sight but still heard.
 */
export class ParticipantTile extends LitElement {
  static override properties = {
    peer: { attribute: false },
    rect: { attribute: false, hasChanged: moved },
    screenRect: { attribute: false, hasChanged: moved },
    sinkId: { attribute: false },
  };

  declare peer: PeerState;
  declare rect: Rect | null;
  declare screenRect: Rect | null;
  /** The speaker to play on; empty for the system's choice. */
  declare sinkId: string;

  static override styles = [base, avatar, participantTileStyles];

  constructor() {
    super();
    this.rect = null;
    this.screenRect = null;
    this.sinkId = '';
  }

  protected override willUpdate(): void {
    place(this, this.rect);
    this.classList.toggle('away', !this.rect);
    this.style.setProperty('--hue', String(hueOf(this.peer.peerId)));
  }

  protected override updated(changed: PropertyValues<this>): void {
    const screen = this.renderRoot.querySelector<HTMLElement>('.screen');
    const { rect, screenRect } = this;
    if (screen && screenRect) {
      // The card hangs on the tile, so its place is told from the tile's corner.
      place(screen, { ...screenRect, x: screenRect.x - (rect?.x ?? 0), y: screenRect.y - (rect?.y ?? 0) });
    }
    if (!changed.has('peer') && !changed.has('sinkId')) return;
    for (const element of this.renderRoot.querySelectorAll<HTMLMediaElement>('audio, video')) {
      playWhenAllowed(element, this.sinkId, this);
    }
  }

  protected override render(): TemplateResult {
    const { peer } = this;
    const camera = this.#find('camera');
    const microphone = this.#find('microphone');
    const screen = this.#find('screen');
    const muted = !microphone || microphone.paused;
    const speaking = peer.speaking && !muted;
    const name = peer.isLocal ? text.you : peer.name;
    const notes = [
      ...(muted ? [text.muted] : []),
      ...(!camera || camera.paused ? [text.cameraIsOff] : []),
      ...(speaking ? [text.speaking] : []),
    ];
    return html`
      <div class="card camera" role="group" aria-label=${text.tile(name, notes)}>
        <div class="avatar" aria-hidden="true"><span>${initials(peer.name)}</span></div>
        ${camera?.track ? this.#video(camera, camera.track) : nothing}
        <div class=${speaking ? 'ring speaking' : 'ring'}></div>
        <div class="badge" aria-hidden="true">
          ${muted ? icons.microphoneOff : speaking ? this.#bars() : nothing}
          <span class="name">${name}</span>
        </div>
      </div>
      ${screen?.track && this.screenRect ? this.#screen(screen, screen.track) : nothing}
      ${repeat(
        peer.isLocal ? [] : peer.publications.filter((publication) => publication.kind === 'audio'),
        (publication) => publication.producerId,
        ({ source, track }) =>
          html`<audio
            data-source=${source}
            .srcObject=${live(track ? streamOf(track) : null)}
            @canplay=${this.#canPlay}
          ></audio>`,
      )}
    `;
  }

  /** Setting the stream starts a load that can interrupt the first attempt to play. */
  readonly #canPlay = (event: Event): void => {
    playWhenAllowed(event.currentTarget as HTMLMediaElement, this.sinkId, this);
  };

  #find(source: 'camera' | 'microphone' | 'screen'): PublicationState | undefined {
    return this.peer.publications.find((publication) => publication.source === source);
  }

  // Lit sets object properties at every rendering, and a stream that is set anew is loaded anew: hence live().
  #video(publication: PublicationState, track: MediaStreamTrack): TemplateResult {
    const { source, paused } = publication;
    const mirrored = this.peer.isLocal && source === 'camera' && facesTheUser(track);
    return html`
      <video
        data-source=${source}
        class="${paused ? 'off' : ''} ${mirrored ? 'mirrored' : ''}"
        playsinline
        disablepictureinpicture
        aria-hidden="true"
        tabindex="-1"
        .muted=${true}
        .srcObject=${live(streamOf(track))}
        @canplay=${this.#canPlay}
        @playing=${showPlaying}
        @emptied=${hideEmptied}
      ></video>
    `;
  }

  #screen(publication: PublicationState, track: MediaStreamTrack): TemplateResult {
    const label = this.peer.isLocal ? text.yourScreen : text.screenOf(this.peer.name);
    return html`
      <div class="card screen" role="group" aria-label=${label}>
        ${this.#video(publication, track)}
        <div class="ring"></div>
        <div class="badge" aria-hidden="true">
          <span class="name">${label}</span>
        </div>
      </div>
    `;
  }

  #bars(): TemplateResult {
    // -60 dBov is a quiet room, -20 a clear voice.
    const loudness = Math.min(Math.max((this.peer.level + 60) / 40, 0.25), 1);
    return html`<span class="bars" style="--level: ${loudness.toFixed(2)}"><i></i><i></i><i></i></span>`;
  }
}

/** The grid makes places anew at every rendering. */
function moved(now: Rect | null, before: Rect | null | undefined): boolean {
  return !sameRect(now, before);
}

function place(element: HTMLElement, rect: Rect | null): void {
  const { x, y, width, height } = rect ?? { x: 0, y: 0, width: 0, height: 0 };
  element.style.transform = `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px)`;
  element.style.width = `${width.toFixed(2)}px`;
  element.style.height = `${height.toFixed(2)}px`;
}

/** A phone's back camera shown mirrored would make all writing unreadable. */
function facesTheUser(track: MediaStreamTrack): boolean {
  return track.getSettings().facingMode !== 'environment';
}

function showPlaying(event: Event): void {
  (event.currentTarget as HTMLElement).toggleAttribute('data-playing', true);
}

function hideEmptied(event: Event): void {
  (event.currentTarget as HTMLElement).toggleAttribute('data-playing', false);
}
