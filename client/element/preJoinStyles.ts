import { css } from 'lit';

/** The look of the screen before joining; see PreJoin. */
export const preJoinStyles = css`
  :host {
    display: block;
    height: 100%;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .page {
    display: grid;
    align-items: center;
    justify-content: center;
    min-height: 100%;
    padding: max(var(--parley-space-5), env(safe-area-inset-top)) var(--parley-space-5)
      max(var(--parley-space-5), env(safe-area-inset-bottom));
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1.55fr) minmax(280px, 1fr);
    gap: var(--parley-space-7);
    align-items: center;
    width: min(1040px, 100cqw - 48px);
  }
  .preview {
    display: grid;
    gap: var(--parley-space-3);
  }
  .picture {
    position: relative;
    overflow: hidden;
    container-type: size;
    aspect-ratio: 16 / 10;
    border-radius: 22px;
    background: light-dark(oklch(0.91 0.025 var(--hue)), oklch(0.265 0.028 var(--hue)));
    box-shadow: var(--parley-shadow-raised);
  }
  .avatar {
    inset: 0 0 clamp(58px, 20cqmin, 76px);
    align-content: center;
    gap: clamp(6px, 4cqmin, 14px);
    color: var(--parley-text-soft);
    font-size: 13px;
  }
  .avatar span {
    width: clamp(44px, 32cqmin, 132px);
    font-size: clamp(17px, 12cqmin, 48px);
  }
  video {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: cover;
    transform: scaleX(-1);
    animation: fade 0.2s;
  }
  @keyframes fade {
    from {
      opacity: 0;
    }
  }
  .level {
    position: absolute;
    inset-inline-start: 14px;
    top: 14px;
    display: flex;
    align-items: center;
    gap: 8px;
    height: 32px;
    padding-block: 0;
    padding-inline: 9px 12px;
    border-radius: 10px;
    background: rgb(12 15 14 / 66%);
    color: #fff;
    backdrop-filter: blur(10px);
    --level-color: #62e0cf;
  }
  .level svg {
    width: 16px;
    height: 16px;
  }
  .toggles {
    position: absolute;
    inset-inline: 0;
    bottom: 16px;
    display: flex;
    justify-content: center;
    gap: 10px;
  }
  .toggle {
    display: grid;
    place-items: center;
    width: 50px;
    height: 50px;
    border-radius: 16px;
    background: rgb(12 15 14 / 66%);
    color: #fff;
    backdrop-filter: blur(10px);
    transition: background 0.12s;
  }
  .toggle:hover {
    background: rgb(12 15 14 / 84%);
  }
  .toggle.off {
    background: var(--parley-danger);
  }
  .toggle.off:hover {
    background: var(--parley-danger-hover);
  }
  .toggle:focus-visible {
    outline-color: #fff;
    box-shadow: 0 0 0 5px rgb(12 15 14 / 80%);
  }
  .side {
    display: grid;
    gap: var(--parley-space-4);
    min-width: 0;
  }
  .intro h1 {
    font-size: 26px;
    font-weight: 680;
    line-height: 1.2;
    letter-spacing: -0.02em;
    overflow-wrap: anywhere;
  }
  .intro p {
    margin-top: 8px;
    color: var(--parley-text-soft);
  }
  .join {
    width: 100%;
    min-height: 50px;
    font-size: 15.5px;
  }
  .problem,
  .problems {
    display: flex;
    gap: 10px;
    padding: 12px 14px;
    border-radius: var(--parley-radius-m);
    background: var(--parley-danger-soft);
    color: var(--parley-danger-text);
    font-weight: 500;
  }
  .problems {
    background: var(--parley-warning-soft);
    color: var(--parley-warning-text);
    font-size: 13px;
  }
  .problems p + p {
    margin-top: 2px;
  }
  .soft {
    font-weight: 400;
  }
  /* One column where it is narrow, unless it is so low that the picture would push everything else away. */
  @container (width < 540px) or ((width < 760px) and (height >= 560px)) {
    .page {
      align-items: start;
    }
    .columns {
      grid-template-columns: minmax(0, 1fr);
      gap: var(--parley-space-4);
      width: min(520px, 100cqw - 32px);
    }
    .picture {
      aspect-ratio: 16 / 11;
      min-height: 160px;
      max-height: 46cqh;
    }
  }
  @container (width < 760px) or (height < 560px) {
    .page {
      padding: max(var(--parley-space-4), env(safe-area-inset-top))
        max(var(--parley-space-4), env(safe-area-inset-right))
        max(var(--parley-space-4), env(safe-area-inset-bottom))
        max(var(--parley-space-4), env(safe-area-inset-left));
    }
    .picture {
      border-radius: var(--parley-radius-l);
    }
    .intro h1 {
      font-size: 22px;
    }
    .intro p {
      margin-top: 4px;
    }
    /* In sight however long the page is. */
    .way-in {
      position: sticky;
      bottom: 0;
      margin: -6px -2px calc(-1 * max(var(--parley-space-4), env(safe-area-inset-bottom)));
      padding: 10px 2px max(var(--parley-space-4), env(safe-area-inset-bottom));
      background: var(--parley-bg);
    }
  }
  @container (width >= 540px) and (height < 560px) {
    .page {
      align-items: start;
    }
    .columns {
      grid-template-columns: minmax(0, 1.2fr) minmax(240px, 1fr);
      gap: var(--parley-space-5);
      align-items: start;
      width: min(920px, 100cqw - 32px - env(safe-area-inset-left) - env(safe-area-inset-right));
    }
    .preview {
      position: sticky;
      top: max(var(--parley-space-4), env(safe-area-inset-top));
    }
    .picture {
      max-height: calc(100cqh - 32px);
    }
  }
`;
