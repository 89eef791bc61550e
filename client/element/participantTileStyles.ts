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
  .marks {
    position: absolute;
    inset-inline-start: 10px;
    top: 10px;
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 6px;
    max-width: calc(100% - 20px);
    pointer-events: none;
  }
  .mark {
    display: flex;
    align-items: center;
    gap: 7px;
    min-height: 28px;
    padding: 4px 8px;
    border-radius: 9px;
    background: rgb(12 15 14 / 66%);
    color: #fff;
    font-size: 12.5px;
    font-weight: 500;
    line-height: 1.3;
    backdrop-filter: blur(10px);
  }
  .mark svg {
    flex: none;
    width: 15px;
    height: 15px;
  }
  .mark.hand {
    gap: 3px;
    background: #f1c35a;
    color: #3a2600;
    font-weight: 700;
  }
  .mark.hand svg {
    width: 17px;
    height: 17px;
  }
  .quality {
    display: none;
  }
  .quality.weak,
  .card:hover .quality,
  .card:focus-within .quality {
    display: flex;
  }
  .quality svg {
    color: #ffd28a;
  }
  .quality.fine svg {
    color: #8fe3c8;
  }
  .quality .why {
    display: none;
    padding-inline-end: 2px;
  }
  .card:hover .why,
  .card:focus-within .why {
    display: inline;
  }
  .tools {
    position: absolute;
    inset-inline-end: 8px;
    top: 8px;
    display: flex;
    gap: 4px;
  }
  .tool {
    display: grid;
    place-items: center;
    width: 34px;
    height: 32px;
    border-radius: 9px;
    background: rgb(12 15 14 / 66%);
    color: #fff;
    opacity: 0;
    backdrop-filter: blur(10px);
    transition:
      opacity 0.12s,
      background 0.12s;
  }
  .tool:hover {
    background: rgb(12 15 14 / 88%);
  }
  .tool svg {
    width: 18px;
    height: 18px;
  }
  .tool:focus-visible {
    outline-color: #fff;
  }
  .card:hover .tool,
  .card:focus-within .tool,
  .kept .pin {
    opacity: 1;
  }
  /* A finger cannot hover, so what it would find is there. */
  @media (hover: none) {
    .tool.more {
      opacity: 0.85;
    }
    .tool.pin {
      display: none;
    }
    .kept .pin {
      display: grid;
    }
  }
  /* The sentence does not lie under the buttons. */
  .card:hover .marks,
  .card:focus-within .marks {
    max-width: calc(100% - 100px);
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
    .marks {
      inset-inline-start: 6px;
      top: 6px;
      max-width: calc(100% - 12px);
    }
    .mark {
      min-height: 24px;
      padding: 3px 6px;
      border-radius: 7px;
      font-size: 11.5px;
    }
    .card:hover .marks,
    .card:focus-within .marks {
      top: 40px;
      max-width: calc(100% - 12px);
    }
    .tools {
      inset-inline-end: 6px;
      top: 6px;
    }
    .tool {
      width: 28px;
      height: 26px;
      border-radius: 7px;
    }
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
