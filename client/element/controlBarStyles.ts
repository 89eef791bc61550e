import { css } from 'lit';

/** The look of the control bar: three zones where it is wide, one row of buttons on a phone. */
export const controlBarStyles = css`
  :host {
    display: block;
    flex: none;
    /* Beside a panel it is narrower than the room. */
    container-type: inline-size;
  }
  nav {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto minmax(max-content, 1fr);
    align-items: center;
    gap: var(--parley-space-4);
    padding: 0 max(var(--parley-space-4), env(safe-area-inset-right)) max(14px, env(safe-area-inset-bottom))
      max(var(--parley-space-4), env(safe-area-inset-left));
  }
  .about {
    display: flex;
    align-items: center;
    gap: 2px;
    min-width: 0;
    padding-inline-start: 4px;
  }
  .room {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: 600;
  }
  .media,
  .panels {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .panels {
    justify-content: flex-end;
  }
  .control {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    width: 52px;
    height: 48px;
    border-radius: 16px;
    background: var(--parley-raised);
    box-shadow:
      inset 0 0 0 1px var(--parley-border),
      var(--parley-shadow);
    color: var(--parley-text);
    transition:
      background 0.12s,
      color 0.12s;
  }
  .control:hover:not(:disabled) {
    background: var(--parley-sunken-hover);
  }
  .control svg {
    width: 22px;
    height: 22px;
  }
  .control.off {
    background: var(--parley-danger-soft);
    box-shadow: none;
    color: var(--parley-danger-text);
  }
  .control.off:hover:not(:disabled) {
    background: color-mix(in oklab, var(--parley-danger-soft), var(--parley-danger) 14%);
  }
  .control.active {
    background: var(--parley-accent);
    box-shadow: none;
    color: var(--parley-on-accent);
  }
  .control.active:hover:not(:disabled) {
    background: var(--parley-accent-hover);
  }
  .control.quiet {
    width: 46px;
    background: transparent;
    box-shadow: none;
    color: var(--parley-text-soft);
  }
  .control.quiet:hover {
    background: var(--parley-sunken);
    color: var(--parley-text);
  }
  .control.own.wide {
    width: auto;
    padding: 0 12px;
    font-weight: 550;
    white-space: nowrap;
  }
  .control.own img {
    width: 22px;
    height: 22px;
  }
  .control.open {
    background: var(--parley-accent-soft);
    color: var(--parley-accent-text);
  }
  .control.leave {
    width: 64px;
    background: var(--parley-danger);
    box-shadow: none;
    color: #fff;
  }
  .control.leave:hover {
    background: var(--parley-danger-hover);
  }
  .control.leave svg {
    width: 24px;
    height: 24px;
  }
  .control:disabled {
    opacity: 0.45;
  }
  .control[aria-busy='true'] svg {
    animation: pulse 0.9s ease-in-out infinite alternate;
  }
  @keyframes pulse {
    to {
      opacity: 0.35;
    }
  }
  .count {
    position: absolute;
    inset-inline-end: 3px;
    top: 3px;
    min-width: 18px;
    height: 18px;
    padding: 0 5px;
    border-radius: 9px;
    background: var(--parley-accent);
    box-shadow: 0 0 0 2px var(--parley-bg);
    color: var(--parley-on-accent);
    font-size: 11px;
    font-weight: 700;
    line-height: 18px;
    text-align: center;
  }
  .count.soft {
    background: var(--parley-sunken);
    color: var(--parley-text);
  }
  .tip {
    position: absolute;
    bottom: calc(100% + 8px);
    left: 50%;
    z-index: 5;
    padding: 5px 9px;
    border-radius: 8px;
    background: light-dark(#1b2120, #eef2f1);
    color: light-dark(#fff, #131817);
    font-size: 12px;
    font-weight: 500;
    white-space: nowrap;
    opacity: 0;
    visibility: hidden;
    transform: translate(-50%, 3px);
    transition:
      opacity 0.12s,
      transform 0.12s;
    pointer-events: none;
  }
  .panels .tip {
    left: auto;
    inset-inline-end: 0;
    transform: translate(0, 3px);
  }
  .control:focus-visible .tip {
    opacity: 1;
    visibility: visible;
  }
  @media (hover: hover) {
    .control:hover .tip {
      opacity: 1;
      visibility: visible;
      transition-delay: 0.35s;
    }
  }
  @container (width < 880px) {
    nav {
      display: flex;
      justify-content: center;
      gap: 6px;
      padding: 0 8px max(10px, env(safe-area-inset-bottom));
    }
    .about,
    .tip {
      display: none;
    }
    .media,
    .panels {
      display: contents;
    }
    .control,
    .control.quiet {
      flex: 0 1 56px;
      width: auto;
      min-width: 44px;
    }
    .control.leave {
      order: 1;
      flex: 0 1 64px;
    }
    .control.quiet {
      background: var(--parley-raised);
      box-shadow: inset 0 0 0 1px var(--parley-border);
      color: var(--parley-text);
    }
    .control.open {
      background: var(--parley-accent-soft);
      color: var(--parley-accent-text);
    }
  }
  @container (width < 560px) {
    /* It is among the people there. */
    .control.host {
      display: none;
    }
  }
  @container (width < 420px) {
    nav {
      gap: 4px;
      padding-inline: 6px;
    }
    .control,
    .control.quiet {
      min-width: 34px;
      border-radius: 14px;
    }
  }
`;
