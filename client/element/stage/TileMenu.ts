import { css, html, nothing, type TemplateResult } from 'lit';
import type { PeerState } from '../../lib/publicTypes.ts';
import { cameraKey, screenKey } from '../placement.ts';
import { tell } from '../requests.ts';
import { base } from '../styles.ts';
import type { NoPictures } from '../switches/noPictures.ts';
import { text } from '../text.ts';
import { canFloat } from './FloatingStage.ts';
import { choice, PopUp, popUpStyles } from './PopUp.ts';
import type { Pin, StageChoice } from './stageChoice.ts';
import { stageIcons } from './stageIcons.ts';
import { roleText, tileDetails } from './tileLook.ts';

/** The picture that a menu is about, and how it stands. */
export interface TileSubject {
  peer: PeerState;
  source: 'camera' | 'screen';
  noPictures: NoPictures;
  pinned: Pin | null;
  spotlit: boolean;
  /** The person may put others on everybody's stage. */
  isHost: boolean;
  choice: StageChoice;
  linesOf: (producerId: string) => number;
}

/** What can be done with a tile, below why it looks as it does. */
export class TileMenu extends PopUp {
  static override properties = { subject: { attribute: false } };

  /** Null: there is none, or it is gone. */
  declare subject: TileSubject | null;

  static override styles = [
    base,
    popUpStyles,
    css`
      .details {
        padding: 8px 10px 10px;
      }
      .details h3 {
        display: flex;
        align-items: center;
        gap: 8px;
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      .details h3 span {
        padding: 1px 7px;
        border-radius: 6px;
        background: var(--parley-accent-soft);
        color: var(--parley-accent-text);
        font-size: 11.5px;
      }
      .details p {
        margin-top: 3px;
        color: var(--parley-text-soft);
        font-size: 12.5px;
        line-height: 1.4;
      }
      .details p b {
        color: var(--parley-text);
        font-weight: 550;
      }
    `,
  ];

  constructor() {
    super();
    this.subject = null;
  }

  /** About somebody who has left there is nothing to choose; what has the focus is there until now. */
  protected override willUpdate(): void {
    if (!this.subject) this.close();
  }

  protected get label(): string {
    return text.tileMenu(this.subject ? nameOf(this.subject) : '');
  }

  protected override details(): TemplateResult | typeof nothing {
    const { subject } = this;
    if (!subject) return nothing;
    const role = roleText(subject.peer);
    return html`
      <div class="details" data-role="tile-details">
        <h3>${nameOf(subject)} ${role === null ? nothing : html`<span>${role}</span>`}</h3>
        ${tileDetails(subject.peer, subject).map(
          ({ what, how }) => html`<p>${what === null ? nothing : html`<b>${what}</b>`} ${how}</p>`,
        )}
      </div>
      <div class="line"></div>
    `;
  }

  protected content(): TemplateResult {
    const { subject } = this;
    if (!subject) return html``;
    const { peer, source, pinned, spotlit, isHost } = subject;
    const isPinned = pinned?.peerId === peer.peerId && (pinned.source ?? source) === source;
    return html`
      ${choice({
        action: 'menu-pin',
        icon: isPinned ? stageIcons.unpin : stageIcons.pin,
        label: isPinned ? text.unpin : text.pin,
        ...(isPinned ? {} : { hint: text.pinHint }),
        take: this.#takes({ type: 'pin', pin: isPinned ? null : { peerId: peer.peerId, source } }),
      })}
      ${
        isHost
          ? choice({
              action: 'menu-spotlight',
              icon: stageIcons.spotlight,
              label: spotlit ? text.endSpotlight : text.spotlight,
              take: this.#takes({
                type: 'conduct',
                act: { do: 'spotlight', peerId: peer.peerId, on: !spotlit },
              }),
            })
          : nothing
      }
      ${peer.isLocal && source === 'camera' ? this.#own(subject.choice) : nothing}
      ${
        canFloat()
          ? choice({
              action: 'menu-float',
              icon: stageIcons.popOut,
              label: text.float,
              take: this.#takes({
                type: 'float',
                key: source === 'camera' ? cameraKey(peer) : screenKey(peer),
              }),
            })
          : nothing
      }
      ${choice({
        action: 'menu-statistics',
        icon: stageIcons.plot,
        label: text.tileStatistics,
        take: this.#takes({ type: 'showStatistics', peerId: peer.peerId }),
      })}
    `;
  }

  #own({ hideSelf, mirrorSelf }: StageChoice): TemplateResult {
    return html`
      ${choice({
        action: 'menu-hide-self',
        icon: stageIcons.hide,
        label: text.hideSelf,
        checked: hideSelf,
        take: this.#takes({ type: 'arrange', change: { hideSelf: !hideSelf } }),
      })}
      ${choice({
        action: 'menu-mirror-self',
        icon: stageIcons.mirror,
        label: text.mirrorSelf,
        checked: mirrorSelf,
        take: this.#takes({ type: 'arrange', change: { mirrorSelf: !mirrorSelf } }),
      })}
    `;
  }

  #takes(request: Parameters<typeof tell>[1]): () => void {
    return () => {
      this.close();
      tell(this, request);
    };
  }
}

function nameOf({ peer, source }: TileSubject): string {
  if (source === 'screen') return peer.isLocal ? text.yourScreen : text.screenOf(peer.name);
  return peer.isLocal ? text.youSuffix(peer.name) : peer.name;
}
