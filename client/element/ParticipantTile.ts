import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerState, PublicationState } from '../lib/publicTypes.ts';
import { sameRect, type Rect } from './gridLayout.ts';
import { icons } from './icons.ts';
import { hueOf, initials } from './peerLook.ts';
import { participantTileStyles } from './participantTileStyles.ts';
import { publicationOf, publicationsOf } from './placement.ts';
import { playWhenAllowed } from './playback.ts';
import { tell } from './requests.ts';
import { PictureTurns } from './stage/PictureTurns.ts';
import type { Pin } from './stage/stageChoice.ts';
import { tileLook, whyOf, type TileLook, type TileSituation } from './stage/tileLook.ts';
import { handMark, qualityMark, tileTools } from './stage/tileMarks.ts';
import { tileMarksStyles } from './stage/tileMarksStyles.ts';
import { streamOf } from './streams.ts';
import { avatar, base, spinner } from './styles.ts';
import type { NoPictures } from './switches/noPictures.ts';
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
    noPictures: { attribute: false },
    handPlace: { attribute: false },
    pinned: { attribute: false },
    spotlit: { attribute: false },
    mirrored: { attribute: false },
  };

  declare peer: PeerState;
  declare rect: Rect | null;
  declare screenRect: Rect | null;
  /** The speaker to play on; empty for the system's choice. */
  declare sinkId: string;
  /** No pictures of others come at present; what is left of them would stand still. */
  declare noPictures: NoPictures;
  /** Which of the raised hands is this one's, from 1; 0: none. */
  declare handPlace: number;
  /** Which of its pictures the person has pinned. */
  declare pinned: Pin['source'] | null;
  declare spotlit: boolean;
  /** The own camera is shown as in a mirror. */
  declare mirrored: boolean;

  readonly #turns = new PictureTurns();
  /** Where the tile is, or was when it was seen last. */
  #corner = { x: 0, y: 0 };
  /** The lines of each producer's picture as it plays. */
  readonly #lines = new Map<string, number>();

  static override styles = [base, avatar, spinner, participantTileStyles, tileMarksStyles];

  constructor() {
    super();
    this.rect = null;
    this.screenRect = null;
    this.sinkId = '';
    this.noPictures = null;
    this.handPlace = 0;
    this.pinned = null;
    this.spotlit = false;
    this.mirrored = true;
  }

  /** Of a picture as it plays; 0 where none plays. */
  linesOf(producerId: string): number {
    return this.#lines.get(producerId) ?? 0;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#turns.follow(this.peer.publications, this.peer.isLocal);
    // Whoever comes from another page does not fly in.
    const comes = this.rect !== null && changed.has('rect') && !changed.get('rect');
    this.classList.toggle('coming', comes);
    if (this.rect) {
      place(this, this.rect);
      this.#corner = this.rect;
    }
    this.classList.toggle('away', !this.rect);
    this.style.setProperty('--hue', String(hueOf(this.peer.peerId)));
  }

  protected override updated(changed: PropertyValues<this>): void {
    const screen = this.renderRoot.querySelector<HTMLElement>('.screen');
    const { screenRect } = this;
    if (screen && screenRect) {
      // The card hangs on the tile, so its place is told from where the tile is, or was.
      const { x, y } = this.#corner;
      place(screen, { ...screenRect, x: screenRect.x - x, y: screenRect.y - y });
    }
    if (!changed.has('peer') && !changed.has('sinkId')) return;
    for (const element of this.renderRoot.querySelectorAll<HTMLMediaElement>('audio, video')) {
      playWhenAllowed(element, this.sinkId, this);
    }
  }

  protected override render(): TemplateResult {
    const { peer } = this;
    const camera = publicationOf(peer, 'camera');
    const screen = publicationOf(peer, 'screen');
    const look = tileLook(peer, this.#situation);
    return html`
      <div
        class="card camera"
        part="tile"
        role="group"
        aria-label=${text.tile(look.name, look.notes)}
        @dblclick=${() => this.#pin('camera')}
      >
        <div class="avatar" aria-hidden="true"><span>${initials(peer.name)}</span></div>
        ${this.#videos('camera')} ${this.#withoutPicture(camera)}
        ${camera && isConnecting(camera) ? html`<div class="waiting"><span class="spinner"></span></div>` : nothing}
        <div class=${look.speaking ? 'ring speaking' : 'ring'}></div>
        ${this.#badge(look)}
        <div class="marks" aria-hidden="true">${handMark(this.handPlace)} ${qualityMark(look)}</div>
        ${this.#tools('camera', look.name)}
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

  get #situation(): TileSituation {
    const { noPictures, handPlace, pinned, spotlit } = this;
    return { noPictures, handPlace, pinned: pinned !== null, spotlit, linesOf: (id) => this.linesOf(id) };
  }

  /** Why there is an avatar, where the camera is on. */
  #withoutPicture(camera: PublicationState | undefined): TemplateResult | typeof nothing {
    const why = this.noPictures === null ? null : whyOf(this.peer, camera, this.#situation);
    return why === null ? nothing : html`<p class="without" aria-hidden="true">${why}</p>`;
  }

  #badge({ name, muted, speaking, role }: TileLook): TemplateResult {
    return html`
      <div class="badge" aria-hidden="true">
        ${muted ? icons.microphoneOff : speaking ? this.#bars() : nothing}
        <span class="name" part="tile-name">${name}</span>
        ${role === null ? nothing : html`<span class="role">${role}</span>`}
      </div>
    `;
  }

  #tools(source: 'camera' | 'screen', name: string): TemplateResult {
    return tileTools({
      name,
      pinned: this.pinned === source,
      pin: () => this.#pin(source),
      openMenu: (event) => {
        const opener = event.currentTarget as HTMLElement;
        tell(this, { type: 'openTileMenu', peerId: this.peer.peerId, source, opener });
      },
    });
  }

  #pin(source: 'camera' | 'screen'): void {
    const { peerId } = this.peer;
    tell(this, { type: 'pin', pin: this.pinned === source ? null : { peerId, source } });
  }

  /** Setting the stream starts a load that can interrupt the first attempt to play. */
  readonly #canPlay = (event: Event): void => {
    playWhenAllowed(event.currentTarget as HTMLMediaElement, this.sinkId, this);
  };

  #videos(source: 'camera' | 'screen'): unknown {
    return repeat(
      this.#turns.picturesOf(publicationsOf(this.peer, source)),
      ({ track }) => track.id,
      ({ publication, track }) => this.#video(publication, track),
    );
  }

  readonly #playing = (event: Event): void => {
    const video = event.currentTarget as HTMLVideoElement;
    video.toggleAttribute('data-playing', true);
    const { producerId = '' } = video.dataset;
    this.#measure(event);
    if (this.#turns.plays(producerId, (track) => video.srcObject === streamOf(track))) this.requestUpdate();
  };

  readonly #measure = (event: Event): void => {
    const { videoWidth, videoHeight, dataset } = event.currentTarget as HTMLVideoElement;
    const { producerId = '' } = dataset;
    // An upright phone sends 720p as well.
    const lines = Math.min(videoWidth, videoHeight);
    if (this.#lines.get(producerId) === lines) return;
    this.#lines.set(producerId, lines);
    this.requestUpdate();
  };

  // Lit sets object properties at every rendering, and a stream that is set anew is loaded anew: hence live().
  #video(publication: PublicationState, track: MediaStreamTrack): TemplateResult {
    const { producerId, source, paused } = publication;
    const off = paused || (this.noPictures !== null && !this.peer.isLocal);
    const mirrored = this.mirrored && this.peer.isLocal && source === 'camera' && facesTheUser(track);
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
        @resize=${this.#measure}
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
    const why = whyOf(this.peer, publication, this.#situation);
    const label = this.peer.isLocal ? text.yourScreen : text.screenOf(this.peer.name);
    return html`
      <div
        class="card screen"
        role="group"
        aria-label=${text.tile(label, why === null ? [] : [why])}
        @dblclick=${() => this.#pin('screen')}
      >
        ${this.#videos('screen')}
        <div class="waiting">${why ?? html`<span class="spinner"></span>`}</div>
        <div class="ring"></div>
        <div class="badge" aria-hidden="true">
          <span class="name">${label}</span>
        </div>
        <div class="marks" aria-hidden="true">
          ${qualityMark({ score: null, weak: false, sentence: why })}
        </div>
        ${this.#tools('screen', label)}
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

function place(element: HTMLElement, { x, y, width, height }: Rect): void {
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
