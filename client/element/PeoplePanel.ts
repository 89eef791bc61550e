import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { WaitingPeer } from '../../src/protocol/conduct.ts';
import type { PeerState, RoomState } from '../lib/publicTypes.ts';
import type { ConductAct } from './conduct/acts.ts';
import type { Menu, MenuItem } from './conduct/Menu.ts';
import { personMenu } from './conduct/personMenu.ts';
import { icons } from './icons.ts';
import { panelHead } from './panelHead.ts';
import { hueOf, initials } from './peerLook.ts';
import { peoplePanelStyles } from './peoplePanelStyles.ts';
import { tell } from './requests.ts';
import { base, buttons, panels } from './styles.ts';
import { text } from './text.ts';

/** Who is here and who would like to be, whose hand is up, what hosts can do about them, and the way to bring others. */
export class PeoplePanel extends LitElement {
  static override properties = {
    state: { attribute: false },
    link: {},
    inviting: { state: true },
    chosen: { state: true },
  };

  declare state: RoomState;
  /** The address at which others join. */
  declare link: string;
  declare protected inviting: boolean;
  /** Id of the peer that the menu is about. */
  declare protected chosen: string | null;

  static override styles = [base, buttons, panels, peoplePanelStyles];

  constructor() {
    super();
    this.link = '';
    this.inviting = false;
    this.chosen = null;
  }

  /** Puts the focus on the panel's close button. */
  override focus(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  protected override render(): TemplateResult {
    const { peers, hands, waiting, role, permissions } = this.state;
    const isHost = role === 'host';
    const chosen = peers.find(({ peerId }) => peerId === this.chosen);
    return html`
      ${panelHead(text.peopleTitle(peers.length), this)}
      <div class="body">
        ${waiting.length > 0 ? this.#waiting(waiting) : nothing}
        ${hands.length > 0 ? this.#hands(hands, isHost) : nothing}
        <ul aria-labelledby="title">
          ${repeat(
            peers,
            (peer) => peer.peerId,
            (peer) => this.#peer(peer, isHost),
          )}
        </ul>
      </div>
      <parley-menu
        id="person"
        .label=${chosen ? text.moreFor(chosen.name) : ''}
        .items=${chosen && isHost ? personMenu(chosen, !permissions.roomAdmin) : NOTHING}
      ></parley-menu>
      ${this.inviting ? html`<parley-invite class="invite" .link=${this.link}></parley-invite>` : nothing}
      <footer>
        <button
          class="button"
          data-action="invite"
          aria-expanded=${this.inviting}
          @click=${() => (this.inviting = !this.inviting)}
        >
          ${icons.link} ${text.invite}
        </button>
        ${
          isHost
            ? html`<button
                class="button"
                data-action="open-host"
                @click=${() => tell(this, { type: 'togglePanel', panel: 'host' })}
              >
                ${icons.shield} ${text.hostControls}
              </button>`
            : nothing
        }
      </footer>
    `;
  }

  #waiting(waiting: readonly WaitingPeer[]): TemplateResult {
    return html`<section class="group" aria-labelledby="waiting" data-role="waiting-list">
      <div class="group-head">
        <h3 id="waiting">${text.waitingList(waiting.length)}</h3>
        ${
          waiting.length > 1
            ? html`${this.#small('deny-all', text.denyAll, { do: 'denyAll' })}
              ${this.#small('admit-all', text.admitAll, { do: 'admitAll' }, true)}`
            : nothing
        }
      </div>
      <ul aria-labelledby="waiting">
        ${repeat(
          waiting,
          ({ knockId }) => knockId,
          ({ knockId, name }) =>
            html`<li data-role="waiting-peer">
              ${face(knockId, name)}
              <span class="name">${name}</span>
              ${this.#small('deny', text.deny, { do: 'deny', knockId }, false, text.denyName(name))}
              ${this.#small('admit', text.admit, { do: 'admit', knockId }, true, text.admitName(name))}
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #hands(hands: readonly PeerState[], isHost: boolean): TemplateResult {
    return html`<section class="group" aria-labelledby="hands" data-role="hand-list">
      <div class="group-head">
        <h3 id="hands">${text.hands(hands.length)}</h3>
        ${isHost && hands.length > 1 ? this.#small('lower-all', text.lowerAll, { do: 'lowerAllHands' }) : nothing}
      </div>
      <ol aria-labelledby="hands">
        ${repeat(
          hands,
          ({ peerId }) => peerId,
          ({ peerId, name, isLocal }, index) =>
            html`<li data-role="hand" data-peer-id=${peerId}>
              <span class="place" aria-hidden="true">${index + 1}</span>
              <span class="name">${isLocal ? text.youSuffix(name) : name}</span>
              ${
                isLocal
                  ? this.#small('toggle-hand', text.lowerHand, { do: 'toggleHand' })
                  : isHost
                    ? this.#small(
                        'lower-hand',
                        text.lowerHand,
                        { do: 'lowerHand', peerId },
                        false,
                        text.lowerHandOf(name),
                      )
                    : nothing
              }
            </li>`,
        )}
      </ol>
    </section>`;
  }

  #peer(peer: PeerState, isHost: boolean): TemplateResult {
    const audio = isOn(peer, 'microphone');
    const video = isOn(peer, 'camera');
    const { peerId, name, role, isLocal, spotlightAt } = peer;
    return html`
      <li data-role="participant" data-peer-id=${peerId} class=${peer.speaking && audio ? 'speaking' : ''}>
        ${face(peerId, name)}
        <span class="name">${isLocal ? text.youSuffix(name) : name}</span>
        ${role === 'speaker' ? nothing : html`<span class="role" data-role="role">${role === 'host' ? text.host : text.viewer}</span>`}
        <span class="state">
          ${spotlightAt === undefined ? nothing : html`${icons.star}<span class="hidden-text">${text.spotlit}</span>`}
          ${isOn(peer, 'screen') ? html`${icons.screen}<span class="hidden-text">${text.screenShare}</span>` : ''}
          <span class=${audio ? '' : 'off'}>${audio ? icons.microphone : icons.microphoneOff}</span>
          <span class="hidden-text">${audio ? '' : text.muted}</span>
          <span>${video ? icons.camera : icons.cameraOff}</span>
          <span class="hidden-text">${video ? '' : text.cameraIsOff}</span>
        </span>
        ${
          isHost && !isLocal
            ? html`<button
                class="icon-button"
                data-action="person-menu"
                aria-label=${text.moreFor(name)}
                title=${text.moreFor(name)}
                aria-haspopup="menu"
                popovertarget="person"
                @click=${(event: Event) => this.#choose(peerId, event.currentTarget as HTMLElement)}
              >
                ${icons.dots}
              </button>`
            : nothing
        }
      </li>
    `;
  }

  #small(action: string, label: string, act: ConductAct, primary = false, full = label): TemplateResult {
    return html`<button
      class="button small ${primary ? 'primary' : ''}"
      data-action=${action}
      aria-label=${full}
      @click=${() => tell(this, { type: 'conduct', act })}
    >
      ${label}
    </button>`;
  }

  #choose(peerId: string, opener: HTMLElement): void {
    this.chosen = peerId;
    this.renderRoot.querySelector<Menu>('parley-menu')?.openFrom(opener);
  }
}

const NOTHING: readonly MenuItem[] = [];

function face(id: string, name: string): TemplateResult {
  return html`<span class="face" style="--hue: ${hueOf(id)}" aria-hidden="true">${initials(name)}</span>`;
}

function isOn(peer: PeerState, source: string): boolean {
  return peer.publications.some((publication) => publication.source === source && !publication.paused);
}
