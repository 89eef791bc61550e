import { css } from 'lit';

/** The look of the chat; see ChatPanel. */
export const chatPanelStyles = css`
  :host {
    position: relative;
  }
  .scroller {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 14px 16px 8px;
    scrollbar-width: thin;
    scrollbar-color: var(--parley-border-strong) transparent;
  }
  .scroller:focus-visible {
    outline-offset: -3px;
    border-radius: 6px;
  }
  li {
    display: grid;
    grid-template-columns: 32px minmax(0, 1fr);
    gap: 10px;
    padding-top: 14px;
  }
  li:first-child {
    padding-top: 0;
  }
  li.grouped {
    padding-top: 3px;
  }
  .face {
    display: grid;
    place-items: center;
    width: 32px;
    height: 32px;
    border-radius: 50%;
    background: linear-gradient(150deg, oklch(0.58 0.11 var(--hue)), oklch(0.48 0.12 calc(var(--hue) + 22)));
    color: #fff;
    font-size: 12px;
    font-weight: 600;
  }
  .body {
    grid-column: 2;
    position: relative;
  }
  .by {
    display: flex;
    align-items: baseline;
    gap: 8px;
    font-size: 13px;
  }
  .by b {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: 650;
  }
  .by time {
    flex: none;
    color: var(--parley-text-soft);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }
  .own .by b {
    color: var(--parley-accent-text);
  }
  .text {
    margin-top: 1px;
    line-height: 1.45;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  a {
    color: var(--parley-accent-text);
    text-underline-offset: 2px;
  }
  .empty {
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 6px;
    height: 100%;
    padding: 0 24px;
    text-align: center;
    color: var(--parley-text-soft);
    font-size: 13px;
    line-height: 1.45;
  }
  .empty svg {
    width: 28px;
    height: 28px;
    margin-bottom: 4px;
    opacity: 0.8;
  }
  .empty h3 {
    color: var(--parley-text);
    font-size: 14px;
    font-weight: 600;
  }
  .jump {
    position: absolute;
    left: 50%;
    bottom: 132px;
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 34px;
    padding-block: 0;
    padding-inline: 10px 14px;
    border-radius: var(--parley-radius-full);
    background: var(--parley-accent);
    box-shadow: var(--parley-shadow-raised);
    color: var(--parley-on-accent);
    font-size: 13px;
    font-weight: 600;
    transform: translateX(-50%);
  }
  .jump svg {
    width: 16px;
    height: 16px;
  }
  .private .text {
    padding: 6px 10px;
    border-radius: 10px;
    background: var(--parley-accent-soft);
  }
  .only {
    flex: none;
    color: var(--parley-accent-text);
    font-size: 12px;
    font-weight: 600;
  }
  .quote {
    display: block;
    margin: 3px 0 2px;
    padding: 2px 10px;
    overflow: hidden;
    border-inline-start: 3px solid var(--parley-border-strong);
    color: var(--parley-text-soft);
    font-size: 13px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .body .reply {
    position: absolute;
    inset-inline-end: 0;
    top: -8px;
    width: 32px;
    height: 32px;
    background: var(--parley-raised);
    box-shadow: inset 0 0 0 1px var(--parley-border);
    opacity: 0;
  }
  li:hover .reply,
  .reply:focus-visible {
    opacity: 1;
  }
  @media (hover: none) {
    .body .reply {
      position: static;
      float: inline-end;
      box-shadow: none;
      background: none;
      opacity: 1;
    }
  }
  li.file {
    display: block;
  }
`;
