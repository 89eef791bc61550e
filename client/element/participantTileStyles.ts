import { css } from 'lit';

/** The look of a tile; see ParticipantTile. */
export const participantTileStyles = css`
  :host {
    position: absolute;
    left: 0;
    top: 0;
    transition:
      transform 0.28s var(--parley-ease),
      width 0.28s var(--parley-ease),
      height 0.28s var(--parley-ease);
    animation: appear 0.24s var(--parley-ease);
  }
  :host(.away) {
    pointer-events: none;
  }
  :host(.away) .camera {
    visibility: hidden;
  }
  :host(.coming),
  :host(.away) {
    transition: none;
  }
  :host(.coming) .camera {
    animation: appear 0.2s var(--parley-ease);
  }
  @keyframes appear {
    from {
      opacity: 0;
      scale: 0.96;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      transition: none;
      animation: none;
    }
  }
  .card {
    position: absolute;
    inset: 0;
    overflow: hidden;
    container-type: size;
    border-radius: var(--parley-radius-l);
    background: light-dark(oklch(0.91 0.025 var(--hue)), oklch(0.265 0.028 var(--hue)));
  }
  .card.screen {
    inset: auto;
    left: 0;
    top: 0;
    /* Its camera may be on another page. */
    pointer-events: auto;
    background: light-dark(#dde2e0, #070909);
    transition: inherit;
  }
  video {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: cover;
    opacity: 0;
    transition: opacity 0.18s;
  }
  video[data-playing] {
    opacity: 1;
  }
  video.off {
    visibility: hidden;
  }
  .screen video {
    object-fit: contain;
  }
  video.mirrored {
    transform: scaleX(-1);
  }
  /* Under the avatar. */
  .without {
    position: absolute;
    inset-inline: 16px;
    top: calc(50% + clamp(20px, 17cqmin, 66px) + 10px);
    max-height: calc(50% - clamp(20px, 17cqmin, 66px) - 50px);
    overflow: hidden;
    color: var(--parley-text-soft);
    font-size: 13px;
    line-height: 1.35;
    text-align: center;
    pointer-events: none;
  }
  @container (width < 200px) or (height < 190px) {
    .without {
      display: none;
    }
  }
  .ring {
    position: absolute;
    inset: 0;
    border-radius: inherit;
    box-shadow: inset 0 0 0 1px rgb(128 140 136 / 16%);
    pointer-events: none;
    transition: box-shadow 0.16s;
  }
  .ring.speaking {
    box-shadow: inset 0 0 0 3px var(--parley-speaking);
  }
  .badge {
    position: absolute;
    inset-inline-start: 10px;
    bottom: 10px;
    display: flex;
    align-items: center;
    gap: 6px;
    max-width: calc(100% - 20px);
    height: 28px;
    padding: 0 10px;
    border-radius: 9px;
    background: rgb(12 15 14 / 66%);
    color: #fff;
    font-size: 13px;
    font-weight: 550;
    backdrop-filter: blur(10px);
  }
  .badge svg {
    width: 15px;
    height: 15px;
    color: #ffb0b3;
  }
  .badge .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .badge .role {
    flex: none;
    padding: 1px 6px;
    border-radius: 5px;
    background: rgb(255 255 255 / 18%);
    font-size: 11px;
    font-weight: 600;
  }
  .waiting {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    padding: 16px;
    color: var(--parley-text-soft);
    font-size: 14px;
    text-align: center;
    pointer-events: none;
  }
  .waiting .spinner {
    width: 26px;
    height: 26px;
  }
  .camera .waiting {
    align-items: end;
    justify-items: end;
    padding: 14px;
  }
  .camera .waiting .spinner {
    width: 18px;
    height: 18px;
  }
  video[data-playing]:not(.off) ~ .waiting {
    display: none;
  }
  @container (width < 200px) {
    .badge .role {
      display: none;
    }
    .badge {
      inset-inline-start: 6px;
      bottom: 6px;
      height: 24px;
      padding: 0 8px;
      max-width: calc(100% - 12px);
      border-radius: 7px;
      font-size: 12px;
    }
  }
  .bars {
    display: flex;
    align-items: center;
    gap: 2px;
    height: 12px;
  }
  .bars i {
    width: 2.5px;
    height: 100%;
    border-radius: 2px;
    background: #62e0cf;
    transform: scaleY(var(--level));
    transition: transform 0.2s;
  }
  .bars i:nth-child(odd) {
    transform: scaleY(calc(var(--level) * 0.6));
  }
`;
