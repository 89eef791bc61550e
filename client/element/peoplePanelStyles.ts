import { css } from 'lit';

/** The look of the list of people; see PeoplePanel. */
export const peoplePanelStyles = css`
  .body {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 8px;
    scrollbar-width: thin;
    scrollbar-color: var(--parley-border-strong) transparent;
  }
  .group {
    margin-bottom: 8px;
    padding: 10px 4px 6px;
    border-radius: var(--parley-radius-m);
    background: var(--parley-bg);
  }
  .group-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    min-height: 36px;
    padding: 0 8px 4px;
  }
  h3 {
    flex: 1;
    color: var(--parley-text-soft);
    font-size: 12.5px;
    font-weight: 600;
  }
  li {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 48px;
    padding: 0 8px;
    border-radius: var(--parley-radius-m);
  }
  .group li {
    gap: 8px;
  }
  .group .button.small {
    padding: 0 11px;
  }
  .face {
    display: grid;
    place-items: center;
    flex: none;
    width: 34px;
    height: 34px;
    border-radius: 50%;
    background: linear-gradient(150deg, oklch(0.58 0.11 var(--hue)), oklch(0.48 0.12 calc(var(--hue) + 22)));
    color: #fff;
    font-size: 12.5px;
    font-weight: 600;
    transition: box-shadow 0.16s;
  }
  .place {
    flex: none;
    width: 22px;
    text-align: center;
    color: var(--parley-accent-text);
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .speaking .face {
    box-shadow:
      0 0 0 2px var(--parley-surface),
      0 0 0 4px var(--parley-speaking);
  }
  .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: 500;
  }
  .role {
    flex: none;
    padding: 1px 8px;
    border-radius: 999px;
    background: var(--parley-accent-soft);
    color: var(--parley-accent-text);
    font-size: 12px;
    font-weight: 600;
  }
  .state {
    display: flex;
    flex: none;
    gap: 8px;
    color: var(--parley-text-soft);
  }
  .state svg {
    width: 18px;
    height: 18px;
  }
  .state .off {
    color: var(--parley-danger-text);
  }
  li .icon-button {
    flex: none;
    margin-inline-end: -6px;
  }
  .invite {
    flex: none;
    border-top: 1px solid var(--parley-border);
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    flex: none;
    gap: 8px;
    padding: 12px 14px max(14px, env(safe-area-inset-bottom));
    border-top: 1px solid var(--parley-border);
  }
  footer .button {
    flex: 1;
    padding: 0 12px;
  }
`;
