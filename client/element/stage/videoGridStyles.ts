import { css } from 'lit';

/** The look of what stands between the tiles; see VideoGrid. */
export const videoGridStyles = css`
  :host {
    position: relative;
    display: block;
    min-width: 0;
    min-height: 0;
    touch-action: pan-y;
  }
  /* The tiles are on their way; these are there. */
  .place {
    position: absolute;
    left: 0;
    top: 0;
    visibility: hidden;
    pointer-events: none;
  }
  .pager {
    position: absolute;
    left: 0;
    top: 0;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    /* Pages follow each other from the left, as the tiles do, whatever one reads. */
    direction: ltr;
  }
  .pager span {
    min-width: 44px;
    color: var(--parley-text-soft);
    font-size: 13px;
    font-variant-numeric: tabular-nums;
    font-weight: 600;
    text-align: center;
  }
  .pager .icon-button:disabled {
    opacity: 0.35;
  }
`;
