import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { MAX_CHAT_LENGTH, type ChatMessage } from '../../src/protocol/models.ts';
import { chatPanelStyles } from './chatPanelStyles.ts';
import { chatParts, type TextPart } from './chatText.ts';
import { icons } from './icons.ts';
import { panelHead } from './panelHead.ts';
import { hueOf, initials } from './peerLook.ts';
import { ask } from './requests.ts';
import { base, buttons, fields, panels } from './styles.ts';
import { speech, text } from './text.ts';

/** Messages of one sender this close together stand under one name (ms). */
const GROUP = 3 * 60_000;
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
    sending: { state: true },
    problem: { state: true },
    behind: { state: true },
  };

  declare messages: readonly ChatMessage[];
  declare ownPeerId: string;
  declare allowed: boolean;
  declare protected sending: boolean;
  declare protected problem: string | null;
  /** Something new is below what is in sight. */
  declare protected behind: boolean;

  static override styles = [base, buttons, fields, panels, chatPanelStyles];

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
    this.sending = false;
    this.problem = null;
    this.behind = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  /** Puts the cursor into the field. */
  override focus(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const grew = changed.has('messages') && this.hasUpdated;
    if (grew && this.messages.at(-1)?.peerId === this.ownPeerId) this.#following = true;
    if (grew && !this.#following) this.behind = true;
  }

  protected override firstUpdated(): void {
    // A phone's keyboard takes half of the height.
    const scroller = this.renderRoot.querySelector('.scroller');
    if (scroller) this.#observer.observe(scroller);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('messages') && this.#following) this.#scrollToEnd();
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
          this.messages.length === 0
            ? html`<div class="empty">
                ${icons.chat}
                <h3>${text.chatEmpty}</h3>
                <p>${text.chatEmptyLead}</p>
              </div>`
            : html`<ol>
                ${repeat(
                  this.messages,
                  (message) => message.messageId,
                  (message, index) => this.#message(message, this.messages[index - 1]),
                )}
              </ol>`
        }
      </div>
      ${
        this.behind
          ? html`<button class="jump" @click=${this.#scrollToEnd}>${icons.down} ${text.newMessages}</button>`
          : nothing
      }
      <p class="problem" role="alert" ?hidden=${this.problem === null}>${this.problem}</p>
      <form @submit=${this.#submit}>
        <textarea
          class="input"
          data-role="chat-input"
          rows="1"
          maxlength=${MAX_CHAT_LENGTH}
          enterkeyhint="send"
          aria-label=${text.chatPlaceholder}
          placeholder=${this.allowed ? text.chatPlaceholder : text.chatForbidden}
          ?disabled=${!this.allowed}
          @input=${this.#grow}
          @keydown=${this.#keydown}
        ></textarea>
        <button
          class="send"
          type="submit"
          data-action="send-chat"
          aria-label=${text.send}
          title=${text.send}
          aria-busy=${this.sending}
          ?disabled=${!this.allowed}
        >
          ${icons.send}
        </button>
      </form>
    `;
  }

  #message(message: ChatMessage, previous: ChatMessage | undefined): TemplateResult {
    const own = message.peerId === this.ownPeerId;
    const grouped = previous?.peerId === message.peerId && message.sentAt - previous.sentAt < GROUP;
    const sentAt = new Date(message.sentAt);
    return html`
      <li
        class="${own ? 'own' : ''} ${grouped ? 'grouped' : ''}"
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
            <time datetime=${sentAt.toISOString()}>${timeOf(sentAt)}</time>
          </p>
          <p class="text" dir="auto" data-role="chat-text">${chatParts(message.text).map(link)}</p>
        </div>
      </li>
    `;
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

  readonly #grow = (event: Event): void => {
    this.problem = null;
    fitHeight(event.currentTarget as HTMLTextAreaElement);
  };

  readonly #keydown = (event: KeyboardEvent): void => {
    // Enter also ends the composing of a character in Chinese, Japanese and Korean.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    (event.currentTarget as HTMLTextAreaElement).form?.requestSubmit();
  };

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    void this.#send();
  };

  async #send(): Promise<void> {
    const input = this.renderRoot.querySelector('textarea');
    const message = input?.value.trim() ?? '';
    if (!input || message === '' || this.sending) return;
    this.sending = true;
    this.problem = null;
    try {
      await ask(this, { type: 'sendChat', text: message });
      // What was typed while it travelled is the next message.
      if (input.value.trim() === message) input.value = '';
    } catch {
      this.problem = text.chatFailed;
    } finally {
      this.sending = false;
      fitHeight(input);
      input.focus();
    }
  }
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

function fitHeight(input: HTMLTextAreaElement): void {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight + 2, 140)}px`;
}
