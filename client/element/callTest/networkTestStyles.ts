import { css } from 'lit';

/** The look of the network test; see NetworkTest. */
export const networkTestStyles = css`
  :host {
    display: block;
  }
  .open {
    width: 100%;
  }
  /* Its height is the same whatever is found: nothing moves. */
  dialog {
    width: min(480px, 100vw - 24px);
    max-width: none;
    height: min(620px, 100dvh - 24px);
    max-height: none;
    padding: 0;
    overflow: hidden;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-l);
    background: var(--parley-surface);
    box-shadow: var(--parley-shadow-raised);
    color: var(--parley-text);
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  header {
    display: flex;
    flex: none;
    align-items: center;
    gap: var(--parley-space-2);
    padding-block: 12px;
    padding-inline: 20px 12px;
    border-bottom: 1px solid var(--parley-border);
  }
  h2 {
    flex: 1;
    font-size: 16px;
    font-weight: 650;
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .verdict {
    display: flex;
    gap: var(--parley-space-3);
    /* What is said most often has its place from the start. */
    min-height: calc(28px + 1lh + 3 * 18px);
    margin: 16px 20px 4px;
    padding: 12px 14px;
    border-radius: var(--parley-radius-m);
    background: var(--parley-sunken);
    font-size: 14.5px;
    font-weight: 600;
    line-height: 20px;
  }
  .advice {
    margin-top: 4px;
    font-size: 13px;
    font-weight: 450;
    line-height: 18px;
    overflow-wrap: anywhere;
  }
  dialog[data-grade='good'] .verdict {
    background: var(--parley-accent-soft);
    color: var(--parley-accent-text);
  }
  dialog[data-grade='limited'] .verdict {
    background: var(--parley-warning-soft);
    color: var(--parley-warning-text);
  }
  dialog[data-grade='failed'] .verdict {
    background: var(--parley-danger-soft);
    color: var(--parley-danger-text);
  }
  ul {
    padding: 0 20px;
  }
  li {
    display: grid;
    grid-template-columns: 20px 1fr auto;
    column-gap: var(--parley-space-3);
    align-items: center;
    padding: 8px 0;
    font-size: 14px;
    line-height: 20px;
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
  .about {
    grid-column: 2 / -1;
    color: var(--parley-text-soft);
    font-size: 12.5px;
    line-height: 17px;
  }
  li:is([data-grade='testing'], [data-grade='absent']) > :is(.mark, .result) {
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
    display: grid;
    flex: none;
    padding: 10px 20px 16px;
    border-top: 1px solid var(--parley-border);
  }
  @media (width < 480px) {
    .verdict {
      min-height: calc(28px + 1lh + 5 * 18px);
    }
  }
`;
