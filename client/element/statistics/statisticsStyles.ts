import { css } from 'lit';

/** The look of the statistics; see StatisticsPanel. */
export const statisticsStyles = css`
  .body {
    display: grid;
    align-content: start;
    gap: var(--parley-space-4);
    flex: 1;
    min-height: 0;
    padding: 18px;
    overflow-y: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--parley-border-strong) transparent;
  }
  p {
    color: var(--parley-text-soft);
    font-size: 13px;
  }
  section {
    display: grid;
    gap: 10px;
    padding-top: 14px;
    border-top: 1px solid var(--parley-border);
  }
  h3 {
    font-weight: 650;
  }
  figure {
    margin: 0;
  }
  figcaption {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    color: var(--parley-text-soft);
    font-size: 12.5px;
  }
  figcaption b {
    color: var(--parley-text);
    font-variant-numeric: tabular-nums;
    font-weight: 600;
  }
  .plot {
    position: relative;
    margin-top: 3px;
    overflow: hidden;
    border-radius: 8px;
    background: var(--parley-sunken);
  }
  .plot svg {
    width: 100%;
    height: 52px;
    overflow: visible;
  }
  .line {
    fill: none;
    stroke: var(--parley-accent);
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
    vector-effect: non-scaling-stroke;
  }
  .area {
    fill: var(--parley-accent);
    opacity: 0.14;
  }
  .top {
    position: absolute;
    left: 7px;
    top: 3px;
    color: var(--parley-text-soft);
    font-size: 10.5px;
    font-variant-numeric: tabular-nums;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 12.5px;
    font-variant-numeric: tabular-nums;
  }
  caption {
    padding-bottom: 4px;
    color: var(--parley-text-soft);
    text-align: start;
  }
  th,
  td {
    padding: 4px 0;
    border-top: 1px solid var(--parley-border);
    font-weight: 500;
    text-align: end;
  }
  th {
    text-align: start;
  }
  td[colspan] {
    color: var(--parley-text-soft);
    font-weight: 400;
  }
  footer {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    flex: none;
    padding-block: 12px max(14px, env(safe-area-inset-bottom));
    padding-inline: 18px 14px;
    border-top: 1px solid var(--parley-border);
  }
  footer p {
    font-size: 12px;
    line-height: 1.35;
  }
`;
