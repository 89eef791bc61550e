import { css } from 'lit';

/** The look of the outermost frame; the tokens come from tokens.css. */
export const parleyRoomStyles = css`
  :host {
    display: block;
    position: relative;
    width: 100%;
    height: 100%;
    min-height: 480px;
    overflow: clip;
    background: var(--parley-bg);
    color: var(--parley-text);
    font-family: var(--parley-font);
    font-size: 14.5px;
    font-weight: 400;
    font-style: normal;
    line-height: 1.5;
    letter-spacing: normal;
    text-align: start;
    text-transform: none;
    -webkit-font-smoothing: antialiased;
    -webkit-text-size-adjust: 100%;
  }
  .frame {
    position: absolute;
    inset: 0;
    container-type: size;
  }
  .frame > * {
    --panel-width: clamp(300px, 27cqw, 372px);
  }
  @container (width >= 760px) {
    parley-room-view[data-panel] + parley-notices {
      inset-inline-end: calc(var(--panel-width) + 14px);
    }
  }
  .connecting {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 18px;
    height: 100%;
    padding: 0 24px;
    text-align: center;
    color: var(--parley-text-soft);
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .spinner {
    width: 32px;
    height: 32px;
    border: 3px solid var(--parley-sunken-hover);
    border-top-color: var(--parley-accent);
    border-radius: 50%;
    animation: spin 0.8s linear infinite;
  }
  @keyframes spin {
    to {
      transform: rotate(1turn);
    }
  }
`;
