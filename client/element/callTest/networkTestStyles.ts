import { css } from 'lit';

/** The look of the network test; see NetworkTest. */
export const networkTestStyles = css`
  :host {
    display: block;
  }
  .open {
    width: 100%;
  }
  dialog {
    width: min(480px, 100vw - 24px);
    max-width: none;
    max-height: calc(100dvh - 24px);
    padding: 0;
    overflow: auto;
    overscroll-behavior: contain;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-l);
    background: var(--parley-surface);
    box-shadow: var(--parley-shadow-raised);
    color: var(--parley-text);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  header {
    position: sticky;
    top: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: var(--parley-space-2);
    padding-block: 12px;
    padding-inline: 20px 12px;
    border-bottom: 1px solid var(--parley-border);
    background: inherit;
  }
  h2 {
    flex: 1;
    font-size: 16px;
    font-weight: 650;
  }
  .verdict {
    position: relative;
    display: flex;
    align-items: center;
    gap: var(--parley-space-3);
    /* As high with one line as with two: nothing moves when it is known. */
    min-height: 64px;
    margin: 16px 20px 4px;
    padding: 10px 14px;
    border-radius: var(--parley-radius-m);
    background: var(--parley-sunken);
    font-weight: 600;
    line-height: 1.4;
  }
  [data-grade='good'] > .verdict {
    background: var(--parley-accent-soft);
    color: var(--parley-accent-text);
  }
  [data-grade='limited'] > .verdict {
    background: var(--parley-warning-soft);
    color: var(--parley-warning-text);
  }
  [data-grade='failed'] > .verdict {
    background: var(--parley-danger-soft);
    color: var(--parley-danger-text);
  }
  ul {
    padding: 0 20px;
  }
  li {
    display: grid;
    grid-template-columns: 20px 1fr auto;
    gap: 2px var(--parley-space-3);
    align-items: center;
    align-content: start;
    /* A sentence of two lines has its place from the start. */
    min-height: calc(28px + 1lh + 2lh);
    padding: 12px 0;
    font-size: 14px;
    line-height: 1.4;
  }
  li[data-check='udp'] {
    /* What helps where UDP is blocked takes three. */
    min-height: calc(28px + 1lh + 3lh);
  }
  li + li {
    border-top: 1px solid var(--parley-border);
  }
  .mark {
    display: grid;
    flex: none;
    place-items: center;
    width: 20px;
    height: 20px;
  }
  .mark svg {
    width: 18px;
    height: 18px;
    stroke-width: 2.4;
  }
  .dash {
    width: 10px;
    height: 2px;
    border-radius: 1px;
    background: currentColor;
  }
  .label {
    font-weight: 600;
  }
  .result {
    font-variant-numeric: tabular-nums;
    font-weight: 600;
    white-space: nowrap;
  }
  .sentence {
    grid-column: 2 / -1;
    color: var(--parley-text-soft);
    font-size: 13px;
    overflow-wrap: anywhere;
  }
  :is([data-grade='testing'], [data-grade='absent']) > :is(.mark, .result) {
    color: var(--parley-text-soft);
  }
  li[data-grade='good'] > :is(.mark, .result) {
    color: var(--parley-accent-text);
  }
  li[data-grade='limited'] > :is(.mark, .result) {
    color: var(--parley-warning-text);
  }
  li[data-grade='failed'] > :is(.mark, .result) {
    color: var(--parley-danger-text);
  }
  footer {
    position: sticky;
    bottom: 0;
    display: grid;
    padding: 12px 20px 16px;
    background: inherit;
  }
  @media (width < 480px) {
    li {
      min-height: calc(28px + 1lh + 3lh);
    }
    li[data-check='udp'] {
      min-height: calc(28px + 1lh + 4lh);
    }
  }
`;
