import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import type { ConductAct } from '../conduct/acts.ts';
import { sizeText, type FileView } from '../conduct/fileViews.ts';
import { icons } from '../icons.ts';
import { tell } from '../requests.ts';
import { base, buttons } from '../styles.ts';
import { speech, text } from '../text.ts';

/** A file that somebody offers: what it is, how much of it has come, and what can be done. */
export class FileCard extends LitElement {
  static override properties = { file: { attribute: false } };

  declare file: FileView;

  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
      }
      .card {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 12px;
        padding: 12px;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-m);
        background: var(--parley-bg);
      }
      .card > svg {
        grid-row: span 2;
        color: var(--parley-accent-text);
      }
      .card > :not(svg) {
        grid-column: 2;
      }
      .name {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .about {
        color: var(--parley-text-soft);
        font-size: 12.5px;
        font-variant-numeric: tabular-nums;
      }
      progress {
        appearance: none;
        width: 100%;
        height: 6px;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--parley-sunken-hover);
      }
      progress::-webkit-progress-bar {
        background: var(--parley-sunken-hover);
      }
      progress::-webkit-progress-value {
        background: var(--parley-accent);
      }
      progress::-moz-progress-bar {
        background: var(--parley-accent);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 6px;
      }
      a.button {
        text-decoration: none;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { name, size, own, from, to, status, bytes } = this.file;
    const who = own ? text.fileTo(to.join(', ')) : text.fileFrom(from);
    const moves = status === 'receiving' || status === 'sending';
    return html`<div class="card" role="group" aria-label=${name} data-role="file" data-status=${status}>
      ${icons.file}
      <span class="name" data-role="file-name">${name}</span>
      <span class="about"
        >${sizeText(size, speech.locale)} · ${who} · <span role="status">${statusText(this.file)}</span></span
      >
      ${
        moves
          ? html`<progress
              max=${Math.max(size, 1)}
              .value=${bytes}
              aria-label=${text.fileProgress(name)}
            ></progress>`
          : nothing
      }
      ${this.#acts()}
    </div>`;
  }

  #acts(): TemplateResult {
    const { id, own, name, status, url } = this.file;
    if (status === 'offered' && !own) {
      return html`<span class="acts">
        ${this.#button('accept-file', text.fileAccept, { do: 'acceptFile', id }, true)}
        ${this.#button('decline-file', text.fileDecline, { do: 'declineFile', id })}
      </span>`;
    }
    if (status === 'offered' || status === 'receiving' || status === 'sending') {
      return html`<span class="acts">
        ${this.#button('cancel-file', text.fileCancel, { do: 'cancelFile', id })}
      </span>`;
    }
    return html`<span class="acts">
      ${
        url === undefined
          ? nothing
          : html`<a class="button small primary" data-action="save-file" href=${url} download=${name}
              >${text.fileSave}</a
            >`
      }
      ${this.#button('forget-file', text.filePutAway, { do: 'forgetFile', id })}
    </span>`;
  }

  #button(action: string, label: string, act: ConductAct, primary = false): TemplateResult {
    return html`<button
      class="button small ${primary ? 'primary' : ''}"
      data-action=${action}
      @click=${() => tell(this, { type: 'conduct', act })}
    >
      ${label}
    </button>`;
  }
}

const STATUS: Record<FileView['status'], () => string> = {
  offered: () => text.fileOfferedStatus,
  receiving: () => text.fileReceivingStatus,
  received: () => text.fileReceivedStatus,
  sending: () => text.fileSendingStatus,
  sent: () => text.fileSentStatus,
  declined: () => text.fileDeclinedStatus,
  cancelled: () => text.fileCancelledStatus,
  lost: () => text.fileLostStatus,
  gone: () => text.fileGoneStatus,
  failed: () => text.fileFailedStatus,
};

function statusText({ status }: FileView): string {
  return STATUS[status]();
}
