import { css } from 'lit';

/** The look of the hosts' panel; see HostPanel. */
export const hostPanelStyles = css`
  .body {
    display: grid;
    align-content: start;
    gap: var(--parley-space-5);
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    padding: 18px;
    scrollbar-width: thin;
    scrollbar-color: var(--parley-border-strong) transparent;
  }
  section {
    display: grid;
    gap: var(--parley-space-3);
  }
  h3 {
    color: var(--parley-text-soft);
    font-size: 12.5px;
    font-weight: 600;
  }
  .switch {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    gap: 2px var(--parley-space-4);
    min-height: 40px;
    font-weight: 500;
    cursor: pointer;
  }
  .lead {
    color: var(--parley-text-soft);
    font-size: 13px;
    font-weight: 400;
  }
  [role='switch'] {
    appearance: none;
    position: relative;
    grid-row: span 2;
    width: 42px;
    height: 26px;
    margin: 0;
    border-radius: 13px;
    background: var(--parley-border-strong);
    cursor: pointer;
    transition: background 0.14s;
  }
  [role='switch']::before {
    content: '';
    position: absolute;
    inset-inline-start: 3px;
    top: 3px;
    width: 20px;
    height: 20px;
    border-radius: 50%;
    background: #fff;
    box-shadow: 0 1px 2px rgb(0 0 0 / 30%);
    transition: inset-inline-start 0.14s var(--parley-ease);
  }
  [role='switch']:checked {
    background: var(--parley-accent);
  }
  [role='switch']:checked::before {
    inset-inline-start: 19px;
    background: var(--parley-on-accent);
  }
  .password {
    display: grid;
    gap: 10px;
    padding: 12px;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-m);
  }
  .state {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 36px;
    font-weight: 500;
  }
  .state svg {
    color: var(--parley-text-soft);
  }
  .state span {
    flex: 1;
  }
  .row {
    display: flex;
    gap: 8px;
  }
  .problem {
    color: var(--parley-danger-text);
    font-weight: 500;
  }
  footer {
    flex: none;
    padding: 12px 14px max(14px, env(safe-area-inset-bottom));
    border-top: 1px solid var(--parley-border);
  }
  footer .button {
    width: 100%;
  }
  @media (forced-colors: active) {
    [role='switch'] {
      appearance: auto;
    }
  }
`;
