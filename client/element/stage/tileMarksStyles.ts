import { css } from 'lit';

/** The look of what stands on a tile besides the name; see tileMarks. */
export const tileMarksStyles = css`
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
  }
`;
