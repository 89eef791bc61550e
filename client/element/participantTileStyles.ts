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
  .quality {
    position: absolute;
    inset-inline-end: 10px;
    top: 10px;
    display: none;
    align-items: center;
    gap: 7px;
    max-width: calc(100% - 20px);
    min-height: 26px;
    padding: 4px 7px;
    border-radius: 9px;
    background: rgb(12 15 14 / 66%);
    color: #fff;
    font-size: 12.5px;
    font-weight: 500;
    line-height: 1.3;
    backdrop-filter: blur(10px);
  }
  .quality.weak,
  .card:hover .quality {
    display: flex;
  }
  .quality svg {
    flex: none;
    width: 15px;
    height: 15px;
    color: #ffd28a;
  }
  .quality .why {
    display: none;
    padding: 0 3px;
  }
  .card:hover .why {
    display: inline;
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
    .quality {
      inset-inline-end: 6px;
      top: 6px;
      max-width: calc(100% - 12px);
      border-radius: 7px;
      font-size: 11.5px;
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
