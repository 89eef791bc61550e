import { LitElement, css, html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerState } from '../lib/publicTypes.ts';
import { icons } from './icons.ts';
import { panelHead } from './panelHead.ts';
import { hueOf, initials } from './peerLook.ts';
import { tell } from './requests.ts';
import { base, buttons, panels } from './styles.ts';
import { text } from './text.ts';

/** Who is here, with microphone and camera of each, and the link to bring others. */
export class PeoplePanel extends LitElement {
  static override properties = { peers: { attribute: false } };

  declare peers: readonly PeerState[];

  static override styles = [
    base,
    buttons,
    panels,
    css`
      ul {
        flex: 1;
        min-height: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 8px;
        scrollbar-width: thin;
        scrollbar-color: var(--parley-border-strong) transparent;
      }
      li {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 48px;
        padding: 0 10px;
        border-radius: var(--parley-radius-m);
      }
      .face {
        display: grid;
        place-items: center;
        flex: none;
        width: 34px;
        height: 34px;
        border-radius: 50%;
        background: linear-gradient(
          150deg,
          oklch(0.58 0.11 var(--hue)),
          oklch(0.48 0.12 calc(var(--hue) + 22))
        );
        color: #fff;
        font-size: 12.5px;
        font-weight: 600;
        transition: box-shadow 0.16s;
      }
      .speaking .face {
        box-shadow:
          0 0 0 2px var(--parley-surface),
          0 0 0 4px var(--parley-speaking);
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 500;
      }
      .state {
        display: flex;
        gap: 10px;
        color: var(--parley-text-soft);
      }
      .state svg {
        width: 18px;
        height: 18px;
      }
      .state .off {
        color: var(--parley-danger-text);
      }
      footer {
        flex: none;
        padding: 12px 14px max(14px, env(safe-area-inset-bottom));
        border-top: 1px solid var(--parley-border);
      }
      footer .button {
        width: 100%;
      }
    `,
  ];

  constructor() {
    super();
    this.peers = [];
  }

  /** Puts the focus on the panel's close button. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      ${panelHead(text.peopleTitle(this.peers.length), this)}
      <ul aria-labelledby="title">
        ${repeat(
          this.peers,
          (peer) => peer.peerId,
          (peer) => this.#peer(peer),
        )}
      </ul>
      <footer>
        <button class="button" @click=${() => tell(this, { type: 'copyLink' })}>
          ${icons.link} ${text.copyLink}
        </button>
      </footer>
    `;
  }

  #peer(peer: PeerState): TemplateResult {
    const audio = isOn(peer, 'microphone');
    const video = isOn(peer, 'camera');
    return html`
      <li data-role="participant" class=${peer.speaking && audio ? 'speaking' : ''}>
        <span class="face" style="--hue: ${hueOf(peer.peerId)}" aria-hidden="true"
          >${initials(peer.name)}</span
        >
        <span class="name">${peer.isLocal ? text.youSuffix(peer.name) : peer.name}</span>
        <span class="state">
          ${isOn(peer, 'screen') ? html`${icons.screen}<span class="hidden-text">${text.screenShare}</span>` : ''}
          <span class=${audio ? '' : 'off'}>${audio ? icons.microphone : icons.microphoneOff}</span>
          <span class="hidden-text">${audio ? '' : text.muted}</span>
          <span>${video ? icons.camera : icons.cameraOff}</span>
          <span class="hidden-text">${video ? '' : text.cameraIsOff}</span>
        </span>
      </li>
    `;
  }
}

function isOn(peer: PeerState, source: string): boolean {
  return peer.publications.some((publication) => publication.source === source && !publication.paused);
}
