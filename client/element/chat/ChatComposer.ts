import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { MAX_CHAT_LENGTH, type ChatMessage } from '../../../src/protocol/models.ts';
import type { PeerState } from '../../lib/publicTypes.ts';
import { sizeText } from '../conduct/fileViews.ts';
import { errorCode } from '../errorText.ts';
import { icons } from '../icons.ts';
import { ask } from '../requests.ts';
import { base, buttons, fields } from '../styles.ts';
import { speech, text } from '../text.ts';
import { chatComposerStyles } from './chatComposerStyles.ts';

/** Who a message is for; kept by name, too, because that one may leave meanwhile. */
export interface Receiver {
  peerId: string;
  name: string;
}

/** Where messages are written: for everybody or one alone, as an answer or not, and where files are sent. */
export class ChatComposer extends LitElement {
  static override properties = {
    peers: { attribute: false },
    allowed: { type: Boolean },
    maxFileSize: { type: Number },
    receiver: { attribute: false },
    answered: { attribute: false },
    sending: { state: true },
    problem: { state: true },
  };

  declare peers: readonly PeerState[];
  declare allowed: boolean;
  /** Bytes; 0: none may be sent. */
  declare maxFileSize: number;
  /** Null: everybody. */
  declare receiver: Receiver | null;
  /** The message that the next one answers. */
  declare answered: ChatMessage | null;
  declare protected sending: boolean;
  declare protected problem: string | null;

  static override styles = [base, buttons, fields, chatComposerStyles];

  constructor() {
    super();
    this.peers = [];
    this.allowed = true;
    this.maxFileSize = 0;
    this.receiver = null;
    this.answered = null;
    this.sending = false;
    this.problem = null;
  }

  /** Puts the cursor into the field. */
  override focus(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  /** Has the next message answer this one; what is private stays among the two. */
  answer(message: ChatMessage, ownPeerId: string): void {
    this.answered = message;
    if (message.to !== undefined) {
      const peerId = message.peerId === ownPeerId ? message.to : message.peerId;
      this.receiver = this.#others.find((peer) => peer.peerId === peerId) ?? { peerId, name: message.name };
    }
    this.focus();
  }

  protected override render(): TemplateResult {
    const { receiver } = this;
    const placeholder = !this.allowed
      ? text.chatForbidden
      : receiver
        ? text.chatPrivatePlaceholder(receiver.name)
        : text.chatPlaceholder;
    return html`
      <p class="problem" role="alert" ?hidden=${this.problem === null}>${this.problem}</p>
      ${this.answered ? this.#answered(this.answered) : nothing}
      <form class=${receiver ? 'private' : ''} @submit=${this.#submit}>
        ${this.#others.length > 0 && this.allowed ? this.#receivers() : nothing}
        <div class="row">
          ${this.maxFileSize > 0 && this.allowed ? this.#attach() : nothing}
          <textarea
            class="input"
            data-role="chat-input"
            rows="1"
            maxlength=${MAX_CHAT_LENGTH}
            enterkeyhint="send"
            aria-label=${placeholder}
            placeholder=${placeholder}
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
        </div>
      </form>
    `;
  }

  #answered({ name, text: message }: ChatMessage): TemplateResult {
    return html`<div class="answered" data-role="answered">
      ${icons.reply}
      <p><b>${text.replyingTo(name)}</b><span>${message}</span></p>
      <button
        class="icon-button"
        data-action="cancel-reply"
        aria-label=${text.replyCancel}
        title=${text.replyCancel}
        @click=${() => (this.answered = null)}
      >
        ${icons.close}
      </button>
    </div>`;
  }

  #receivers(): TemplateResult {
    const { receiver } = this;
    const others = this.#others;
    const gone = receiver && !others.some(({ peerId }) => peerId === receiver.peerId);
    return html`<label class="to">
      <span>${text.chatTo}</span>
      <select data-role="receiver" .value=${live(receiver?.peerId ?? '')} @change=${this.#choose}>
        <option value="" ?selected=${receiver === null}>${text.chatEveryone}</option>
        ${gone ? html`<option value=${receiver.peerId} selected>${text.chatGone(receiver.name)}</option>` : nothing}
        ${others.map(
          ({ peerId, name }) =>
            html`<option value=${peerId} ?selected=${peerId === receiver?.peerId}>
              ${text.chatOnly(name)}
            </option>`,
        )}
      </select>
      ${icons.chevron}
    </label>`;
  }

  #attach(): TemplateResult {
    return html`<button
        type="button"
        class="icon-button attach"
        data-action="attach-file"
        aria-label=${text.fileSend}
        title=${text.fileSend}
        @click=${() => this.renderRoot.querySelector<HTMLInputElement>('input[type="file"]')?.click()}
      >
        ${icons.attach}
      </button>
      <input type="file" data-role="file-input" hidden tabindex="-1" @change=${this.#fileChosen} />`;
  }

  get #others(): readonly PeerState[] {
    return this.peers.filter(({ isLocal }) => !isLocal);
  }

  readonly #choose = (event: Event): void => {
    const { value } = event.currentTarget as HTMLSelectElement;
    const peer = this.#others.find(({ peerId }) => peerId === value);
    this.receiver = peer ? { peerId: peer.peerId, name: peer.name } : null;
    this.problem = null;
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
    const { receiver, answered } = this;
    this.sending = true;
    this.problem = null;
    try {
      await ask(this, {
        type: 'sendChat',
        text: message,
        options: {
          ...(receiver && { to: receiver.peerId }),
          ...(answered && { replyTo: answered.messageId }),
        },
      });
      // What was typed or chosen while it travelled is the next message.
      if (input.value.trim() === message) input.value = '';
      if (this.answered === answered) this.answered = null;
    } catch (error) {
      this.problem = whyNotSent(errorCode(error), receiver);
    } finally {
      this.sending = false;
      fitHeight(input);
      input.focus();
    }
  }

  readonly #fileChosen = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    // The same file again is a choice, too.
    input.value = '';
    if (file) void this.#sendFile(file);
  };

  async #sendFile(file: File): Promise<void> {
    this.problem = null;
    if (file.size > this.maxFileSize) {
      this.problem = text.fileTooLarge(sizeText(this.maxFileSize, speech.locale));
      return;
    }
    const to = this.receiver ? { to: [this.receiver.peerId] } : {};
    try {
      await ask(this, { type: 'conduct', act: { do: 'sendFile', file, ...to } });
    } catch (error) {
      this.problem = errorCode(error) === 'notFound' ? text.fileNobody : text.fileFailed;
    }
  }
}

function whyNotSent(code: string, receiver: Receiver | null): string {
  if (code === 'notFound' && receiver) return text.chatReceiverGone;
  if (code === 'rateLimited' || code === 'limitExceeded') return text.chatRateLimited;
  return code === 'forbidden' ? text.chatForbidden : text.chatFailed;
}

function fitHeight(input: HTMLTextAreaElement): void {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight + 2, 140)}px`;
}
