import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ChatMessage } from '../../src/protocol/models.ts';
import type { PeerState } from '../lib/publicTypes.ts';
import type { ChatComposer } from './chat/ChatComposer.ts';
import { timeline, type Entry } from './chat/timeline.ts';
import { chatPanelStyles } from './chatPanelStyles.ts';
import { chatParts, type TextPart } from './chatText.ts';
import type { FileView } from './conduct/fileViews.ts';
import { icons } from './icons.ts';
import { panelHead } from './panelHead.ts';
import { hueOf, initials } from './peerLook.ts';
import { base, buttons, panels } from './styles.ts';
import { speech, text } from './text.ts';

/** Scrolled up by less than this still counts as reading the newest (CSS pixels). */
const NEAR_END = 48;

/** Writes times as the language in use does. */
let clock: { locale: string; format: Intl.DateTimeFormat } | null = null;

/** The room's conversation, oldest first, and the field to take part in it. */
export class ChatPanel extends LitElement {
  static override properties = {
    messages: { attribute: false },
    ownPeerId: { attribute: false },
    allowed: { type: Boolean },
    peers: { attribute: false },
    files: { attribute: false },
    maxFileSize: { type: Number },
    behind: { state: true },
  };

  declare messages: readonly ChatMessage[];
  declare ownPeerId: string;
  declare allowed: boolean;
  declare peers: readonly PeerState[];
  declare files: readonly FileView[];
  /** Bytes of a file that may be sent; 0: none may be. */
  declare maxFileSize: number;
  /** Something new is below what is in sight. */
  declare protected behind: boolean;

  static override styles = [base, buttons, panels, chatPanelStyles];

  /** The newest message is in sight, so the next one should be, too. */
  #following = true;
  readonly #observer = new ResizeObserver(() => {
    if (this.#following) this.#scrollToEnd();
  });

  constructor() {
    super();
    this.messages = [];
    this.ownPeerId = '';
    this.allowed = true;
    this.peers = [];
    this.files = [];
    this.maxFileSize = 0;
    this.behind = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  /** Puts the cursor into the field. */
  override focus(): void {
    this.#composer?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('files')?.length ?? this.files.length;
    const grew = this.hasUpdated && (changed.has('messages') || this.files.length > before);
    if (grew && changed.has('messages') && this.messages.at(-1)?.peerId === this.ownPeerId)
      this.#following = true;
    if (grew && !this.#following) this.behind = true;
  }

  protected override firstUpdated(): void {
    // A phone's keyboard takes half of the height.
    const scroller = this.renderRoot.querySelector('.scroller');
    if (scroller) this.#observer.observe(scroller);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if ((changed.has('messages') || changed.has('files')) && this.#following) this.#scrollToEnd();
  }

  protected override render(): TemplateResult {
    return html`
      ${panelHead(text.chatTitle, this)}
      <div
        class="scroller"
        @scroll=${this.#scrolled}
        tabindex="0"
        role="log"
        aria-labelledby="title"
        aria-live="off"
      >
        ${
          this.messages.length + this.files.length === 0
            ? html`<div class="empty">
                ${icons.chat}
                <h3>${text.chatEmpty}</h3>
                <p>${text.chatEmptyLead}</p>
              </div>`
            : html`<ol>
                ${repeat(
                  timeline(this.messages, this.files),
                  (entry) => entry.id,
                  (entry) => this.#entry(entry),
                )}
              </ol>`
        }
      </div>
      ${
        this.behind
          ? html`<button class="jump" data-action="newest-message" @click=${this.#scrollToEnd}>
              ${icons.down} ${text.newMessages}
            </button>`
          : nothing
      }
      <parley-composer
        .peers=${this.peers}
        .allowed=${this.allowed}
        .maxFileSize=${this.maxFileSize}
      ></parley-composer>
    `;
  }

  #entry({ message, file, ...entry }: Entry): TemplateResult {
    if (file) return html`<li class="file"><parley-file .file=${file}></parley-file></li>`;
    const grouped = 'grouped' in entry && entry.grouped;
    const own = message.peerId === this.ownPeerId;
    const sentAt = new Date(message.sentAt);
    return html`
      <li
        class="${own ? 'own' : ''} ${grouped ? 'grouped' : ''} ${message.to === undefined ? '' : 'private'}"
        data-role="chat-message"
        data-peer-id=${message.peerId}
      >
        ${
          grouped
            ? nothing
            : html`<span class="face" style="--hue: ${hueOf(message.peerId)}" aria-hidden="true"
                >${initials(message.name)}</span
              >`
        }
        <div class="body">
          <p class=${grouped ? 'hidden-text' : 'by'}>
            <b>${own ? text.you : message.name}</b>
            ${message.to === undefined ? nothing : html`<span class="only" data-role="private">${this.#only(message)}</span>`}
            <time datetime=${sentAt.toISOString()}>${timeOf(sentAt)}</time>
          </p>
          ${message.replyTo === undefined ? nothing : this.#quote(message.replyTo)}
          <p class="text" dir="auto" data-role="chat-text">${chatParts(message.text).map(link)}</p>
          ${
            this.allowed
              ? html`<button
                  class="icon-button reply"
                  data-action="reply"
                  aria-label=${text.replyTo(message.name)}
                  title=${text.reply}
                  @click=${() => this.#composer?.answer(message, this.ownPeerId)}
                >
                  ${icons.reply}
                </button>`
              : nothing
          }
        </div>
      </li>
    `;
  }

  /** Who else sees a private message. */
  #only({ peerId, to }: ChatMessage): string {
    if (peerId !== this.ownPeerId) return text.chatPrivateToYou;
    return text.chatPrivateTo(this.peers.find((peer) => peer.peerId === to)?.name ?? text.guest);
  }

  #quote(messageId: string): TemplateResult {
    const answered = this.messages.find((message) => message.messageId === messageId);
    const quoted = answered ? `${answered.name}: ${answered.text}` : text.replyGone;
    return html`<span class="quote" data-role="quote">${quoted}</span>`;
  }

  get #composer(): ChatComposer | null {
    return this.renderRoot.querySelector<ChatComposer>('parley-composer');
  }

  readonly #scrolled = (event: Event): void => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.#following) this.behind = false;
  };

  readonly #scrollToEnd = (): void => {
    const scroller = this.renderRoot.querySelector('.scroller');
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  };
}

function timeOf(date: Date): string {
  const { locale } = speech;
  // Making one takes far longer than using it.
  if (clock?.locale !== locale) {
    clock = { locale, format: new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }) };
  }
  return clock.format.format(date);
}

function link({ text: part, href }: TextPart): TemplateResult | string {
  if (href === undefined) return part;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer">${part}</a>`;
}
