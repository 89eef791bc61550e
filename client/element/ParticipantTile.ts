import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerState, PublicationState } from '../lib/publicTypes.ts';
import { sameRect, type Rect } from './gridLayout.ts';
import { icons, signalBars } from './icons.ts';
import { hueOf, initials } from './peerLook.ts';
import { participantTileStyles } from './participantTileStyles.ts';
import { publicationOf, publicationsOf } from './placement.ts';
import { playWhenAllowed } from './playback.ts';
import { qualityText } from './qualityText.ts';
import { streamOf } from './streams.ts';
import { avatar, base, spinner } from './styles.ts';
import { text } from './text.ts';

/** From this connection quality down it is worth a sign. */
const WEAK = 3;

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
    audioOnly: { attribute: false },
  };

  declare peer: PeerState;
  declare rect: Rect | null;
  declare screenRect: Rect | null;
  /** The speaker to play on; empty for the system's choice. */
  declare sinkId: string;
  /** No pictures of others come at present; what is left of them would stand still. */
  declare audioOnly: boolean;

  /** The tracks as they were shown last, by producer id. */
  #shown = new Map<string, MediaStreamTrack>();
  /** Those that are seen until what takes their place plays: their producer is received in another way now. */
  readonly #former = new Map<string, MediaStreamTrack>();

  static override styles = [base, avatar, spinner, participantTileStyles];

  constructor() {
    super();
    this.rect = null;
    this.screenRect = null;
    this.sinkId = '';
    this.audioOnly = false;
  }

  protected override willUpdate(): void {
    this.#keepFormer();
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
    const camera = publicationOf(peer, 'camera');
    const microphone = publicationOf(peer, 'microphone');
    const screen = publicationOf(peer, 'screen');
    const why = this.#why(camera) ?? this.#why(microphone);
    const weak = peer.connectionQuality !== null && peer.connectionQuality <= WEAK;
    const connection = weak ? (peer.isLocal ? text.ownWeakConnection : text.weakConnection) : null;
    const muted = !microphone || microphone.paused;
    const speaking = peer.speaking && !muted;
    const name = peer.isLocal ? text.you : peer.name;
    const notes = [
      ...(muted ? [text.muted] : []),
      ...(!camera || camera.paused ? [text.cameraIsOff] : []),
      ...(speaking ? [text.speaking] : []),
      ...(connection === null ? [] : [connection]),
      ...(why === null ? [] : [why]),
    ];
    return html`
      <div class="card camera" part="tile" role="group" aria-label=${text.tile(name, notes)}>
        <div class="avatar" aria-hidden="true"><span>${initials(peer.name)}</span></div>
        ${this.#videos('camera')}
        ${camera && isConnecting(camera) ? html`<div class="waiting"><span class="spinner"></span></div>` : nothing}
        <div class=${speaking ? 'ring speaking' : 'ring'}></div>
        <div class="badge" aria-hidden="true">
          ${muted ? icons.microphoneOff : speaking ? this.#bars() : nothing}
          <span class="name" part="tile-name">${name}</span>
        </div>
        ${this.#quality(weak ? peer.connectionQuality : null, why ?? connection)}
      </div>
      ${screen && this.screenRect ? this.#screen(screen) : nothing}
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

  /** Why it looks or sounds as it does, where a person should know. */
  #why(publication: PublicationState | undefined): string | null {
    if (!publication || publication.paused) return null;
    if (this.audioOnly && !this.peer.isLocal && publication.kind === 'video') {
      return qualityText('receiverBandwidth');
    }
    return qualityText(publication.quality?.cause);
  }

  /** Where one takes the place of another, the older one is seen until the newer one plays. */
  #videos(source: 'camera' | 'screen'): unknown {
    const pictures = publicationsOf(this.peer, source).flatMap((publication) =>
      [this.#former.get(publication.producerId), publication.track].flatMap((track) =>
        track ? { publication, track } : [],
      ),
    );
    return repeat(
      pictures,
      ({ track }) => track.id,
      ({ publication, track }) => this.#video(publication, track),
    );
  }

  #keepFormer(): void {
    const shown = new Map<string, MediaStreamTrack>();
    for (const { producerId, track } of this.peer.publications) {
      const before = this.#shown.get(producerId);
      if (track && before && before !== track && !this.peer.isLocal) this.#former.set(producerId, before);
      if (track) shown.set(producerId, track);
      else this.#former.delete(producerId);
    }
    for (const producerId of this.#former.keys()) if (!shown.has(producerId)) this.#former.delete(producerId);
    this.#shown = shown;
  }

  readonly #playing = (event: Event): void => {
    const video = event.currentTarget as HTMLVideoElement;
    video.toggleAttribute('data-playing', true);
    const { producerId = '' } = video.dataset;
    const track = this.#shown.get(producerId);
    if (track && video.srcObject === streamOf(track) && this.#former.delete(producerId)) this.requestUpdate();
  };

  // Lit sets object properties at every rendering, and a stream that is set anew is loaded anew: hence live().
  #video(publication: PublicationState, track: MediaStreamTrack): TemplateResult {
    const { producerId, source, paused } = publication;
    const off = paused || (this.audioOnly && !this.peer.isLocal);
    const mirrored = this.peer.isLocal && source === 'camera' && facesTheUser(track);
    return html`
      <video
        data-source=${source}
        data-producer-id=${producerId}
        class="${off ? 'off' : ''} ${mirrored ? 'mirrored' : ''}"
        playsinline
        disablepictureinpicture
        aria-hidden="true"
        tabindex="-1"
        .muted=${true}
        .srcObject=${live(streamOf(track))}
        @canplay=${this.#canPlay}
        @playing=${this.#playing}
        @emptied=${hideEmptied}
        @enterpictureinpicture=${this.#pass}
        @leavepictureinpicture=${this.#pass}
      ></video>
    `;
  }

  /** These events end at the tile's own root, and the grid wants to know. */
  readonly #pass = ({ type }: Event): void => {
    this.dispatchEvent(new Event(type, { bubbles: true }));
  };

  /** Without a track yet it holds the screen's place, because only what has one is sent. */
  #screen(publication: PublicationState): TemplateResult {
    const why = this.#why(publication);
    const label = this.peer.isLocal ? text.yourScreen : text.screenOf(this.peer.name);
    return html`
      <div class="card screen" role="group" aria-label=${text.tile(label, why === null ? [] : [why])}>
        ${this.#videos('screen')}
        <div class="waiting">${why ?? html`<span class="spinner"></span>`}</div>
        <div class="ring"></div>
        <div class="badge" aria-hidden="true">
          <span class="name">${label}</span>
        </div>
        ${this.#quality(null, why)}
      </div>
    `;
  }

  /** Bars where the connection is weak; the sentence comes when it is pointed at. */
  #quality(score: number | null, sentence: string | null): TemplateResult | typeof nothing {
    if (sentence === null) return nothing;
    return html`
      <div class="quality ${score === null ? '' : 'weak'}" aria-hidden="true">
        ${score === null ? nothing : signalBars(Math.ceil(score))}
        <span class="why">${sentence}</span>
      </div>
    `;
  }

  #bars(): TemplateResult {
    // -60 dBov is a quiet room, -20 a clear voice.
    const loudness = Math.min(Math.max((this.peer.level + 60) / 40, 0.25), 1);
    return html`<span class="bars" style="--level: ${loudness.toFixed(2)}"><i></i><i></i><i></i></span>`;
  }
}

/** Waits for its first frame. */
function isConnecting({ paused, quality }: PublicationState): boolean {
  return !paused && quality?.cause === 'connecting';
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

function hideEmptied(event: Event): void {
  (event.currentTarget as HTMLElement).toggleAttribute('data-playing', false);
}
