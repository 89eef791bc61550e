import { css } from 'lit';

/** The look of the place where messages are written; see ChatComposer. */
export const chatComposerStyles = css`
  .problem {
    padding: 0 16px 6px;
    color: var(--parley-danger-text);
    font-size: 13px;
    font-weight: 500;
  }
  :host {
    display: block;
    flex: none;
  }
  form {
    padding: 6px 12px max(12px, env(safe-area-inset-bottom));
    border-top: 1px solid var(--parley-border);
  }
  .row {
    display: flex;
    align-items: flex-end;
    gap: 6px;
  }
  .attach {
    flex: none;
    width: 40px;
    height: 44px;
  }
  .to {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-width: 100%;
    margin-bottom: 6px;
    color: var(--parley-text-soft);
    font-size: 13px;
  }
  .to select {
    appearance: none;
    min-width: 0;
    min-height: 32px;
    padding-block: 0;
    padding-inline: 10px 30px;
    border: 0;
    border-radius: 9px;
    background: var(--parley-sunken);
    color: var(--parley-text);
    font-weight: 600;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .private .to select {
    background: var(--parley-accent-soft);
    color: var(--parley-accent-text);
  }
  .to svg {
    position: absolute;
    inset-inline-end: 8px;
    width: 16px;
    height: 16px;
    pointer-events: none;
  }
  .answered {
    display: flex;
    align-items: center;
    gap: 10px;
    padding-block: 6px;
    padding-inline: 16px 8px;
    border-top: 1px solid var(--parley-border);
    color: var(--parley-text-soft);
    font-size: 13px;
  }
  .answered p {
    display: grid;
    flex: 1;
    min-width: 0;
  }
  .answered b,
  .answered span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .answered b {
    color: var(--parley-text);
    font-weight: 600;
  }
  @media (pointer: coarse) {
    .to select {
      min-height: 44px;
    }
  }
  textarea.input {
    flex: 1;
    height: 44px;
    padding-top: 10px;
    padding-bottom: 10px;
    line-height: 1.45;
    resize: none;
  }
  .send {
    display: grid;
    place-items: center;
    flex: none;
    width: 44px;
    height: 44px;
    border-radius: var(--parley-radius-m);
    background: var(--parley-accent);
    color: var(--parley-on-accent);
    transition: background 0.12s;
  }
  .send:dir(rtl) svg {
    transform: scaleX(-1);
  }
  .send:hover:not(:disabled) {
    background: var(--parley-accent-hover);
  }
  .send:disabled {
    opacity: 0.5;
  }
`;
