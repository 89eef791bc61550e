import { css, unsafeCSS } from 'lit';
import tokensCss from './tokens.css?inline';

/** The custom properties; only `<parley-room>` itself carries them, its parts inherit. */
export const tokens = unsafeCSS(tokensCss);

/** What every part starts from: box model, hidden text, focus ring, reduced motion. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
    font: inherit;
  }
  /* Letters that are joined in writing stay joined, whatever a heading asks for. */
  :is(h1, h2, h3):dir(rtl) {
    letter-spacing: normal !important;
  }
  button,
  input,
  textarea,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    margin: 0;
    border: 0;
    padding: 0;
    background: none;
    cursor: pointer;
    touch-action: manipulation;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: not-allowed;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid var(--parley-accent);
    outline-offset: 2px;
  }
  svg {
    display: block;
    flex: none;
  }
  .hidden-text {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
    }
  }
`;

/** Text buttons: `.button` with `.primary`, `.quiet` or `.small`. */
export const buttons = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--parley-space-2);
    min-height: 44px;
    padding: 0 18px;
    border-radius: var(--parley-radius-m);
    background: var(--parley-sunken);
    color: var(--parley-text);
    font-weight: 600;
    white-space: nowrap;
    transition: background 0.12s;
  }
  .button:hover:not(:disabled) {
    background: var(--parley-sunken-hover);
  }
  .button:active:not(:disabled) {
    transform: translateY(0.5px);
  }
  .button:disabled {
    opacity: 0.6;
  }
  .button.primary {
    background: var(--parley-accent);
    color: var(--parley-on-accent);
  }
  .button.primary:hover:not(:disabled) {
    background: var(--parley-accent-hover);
  }
  .button.small {
    min-height: 36px;
    padding: 0 14px;
    border-radius: 10px;
    font-size: 13px;
  }
  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 36px;
    height: 36px;
    border-radius: 10px;
    color: var(--parley-text-soft);
    transition: background 0.12s;
  }
  .icon-button:hover {
    background: var(--parley-sunken);
    color: var(--parley-text);
  }
  @media (pointer: coarse) {
    .button.small,
    .icon-button {
      min-height: 44px;
      min-width: 44px;
    }
  }
`;

/** Labelled text fields and selects. */
export const fields = css`
  .field {
    display: grid;
    gap: 6px;
    min-width: 0;
  }
  .field > .label {
    display: flex;
    align-items: center;
    gap: 6px;
    font-size: 13px;
    font-weight: 500;
    color: var(--parley-text-soft);
  }
  .input {
    width: 100%;
    min-width: 0;
    min-height: 44px;
    padding: 0 14px;
    border: 1px solid var(--parley-border-strong);
    border-radius: var(--parley-radius-m);
    background: var(--parley-surface);
    color: var(--parley-text);
    transition: border-color 0.12s;
  }
  .input::placeholder {
    color: var(--parley-text-soft);
    opacity: 1;
  }
  .input:focus-visible {
    outline: 2px solid var(--parley-accent);
    outline-offset: -1px;
    border-color: transparent;
  }
  select.input {
    appearance: none;
    padding-inline-end: 40px;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  select.input:disabled {
    cursor: not-allowed;
    color: var(--parley-text-soft);
  }
  .select {
    position: relative;
    min-width: 0;
  }
  .select > svg {
    position: absolute;
    inset-inline-end: 13px;
    top: 50%;
    transform: translateY(-50%);
    color: var(--parley-text-soft);
    pointer-events: none;
  }
  @media (pointer: coarse) {
    /* Below 16 px, iOS zooms the page into a focused field. */
    .input {
      font-size: 16px;
    }
  }
`;

/** The frame of what opens beside the grid: a column, or a sheet over everything where it is narrow. */
export const panels = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    height: 100%;
    background: var(--parley-surface);
  }
  .panel-head {
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
    flex: none;
    padding-block: 10px;
    padding-inline: 18px 10px;
    border-bottom: 1px solid var(--parley-border);
  }
  .panel-head h2 {
    flex: 1;
    font-size: 15px;
    font-weight: 650;
  }
`;

/** A person without a picture: initials on a disc; the host or a parent sets `--hue`. */
export const avatar = css`
  .avatar {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
  }
  .avatar span {
    display: grid;
    place-items: center;
    width: clamp(40px, 34cqmin, 132px);
    aspect-ratio: 1;
    border-radius: 50%;
    background: linear-gradient(150deg, oklch(0.58 0.11 var(--hue)), oklch(0.48 0.12 calc(var(--hue) + 22)));
    color: #fff;
    font-size: clamp(15px, 13cqmin, 48px);
    font-weight: 600;
    letter-spacing: 0.01em;
    user-select: none;
  }
`;

/** Something is under way. */
export const spinner = css`
  .spinner {
    width: 16px;
    height: 16px;
    border: 2px solid currentColor;
    border-right-color: transparent;
    border-radius: 50%;
    animation: spin 0.8s linear infinite;
  }
  @keyframes spin {
    to {
      transform: rotate(1turn);
    }
  }
`;
