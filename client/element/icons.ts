import { svg, html, type SVGTemplateResult, type TemplateResult } from 'lit';

/** An icon of lines; `paths` are in 24 units square. */
export const stroked = (paths: SVGTemplateResult): TemplateResult => html`
  <svg
    width="20"
    height="20"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${paths}
  </svg>
`;

const filled = (paths: SVGTemplateResult): TemplateResult => html`
  <svg width="20" height="20" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">${paths}</svg>
`;

const microphone = svg`<rect x="9" y="2.8" width="6" height="11.4" rx="3" /><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3.2" />`;
const camera = svg`<rect x="2.8" y="6.2" width="12.4" height="11.6" rx="3" /><path d="m15.2 10.6 4.5-2.6a1 1 0 0 1 1.5.9v6.2a1 1 0 0 1-1.5.9l-4.5-2.6" />`;
const slash = svg`<path d="m3.6 3.6 16.8 16.8" />`;

/** The icon set: 24 units square, one stroke width, `currentColor`, hidden from screen readers. */
export const icons = {
  microphone: stroked(microphone),
  microphoneOff: stroked(svg`
    <path d="M15 10.2V5.8a3 3 0 0 0-5.8-1.1M9 9v2.2a3 3 0 0 0 4.4 2.7M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5a6.5 6.5 0 0 1-.5 2.5M12 18v3.2" />
    ${slash}`),
  camera: stroked(camera),
  cameraOff: stroked(svg`
    <path d="M9.8 6.2h2.4a3 3 0 0 1 3 3v1.4l4.5-2.6a1 1 0 0 1 1.5.9v6.2a1 1 0 0 1-.6.9M15 15.6a3 3 0 0 1-2.8 2.2H5.8a3 3 0 0 1-3-3V9.2a3 3 0 0 1 2.3-2.9" />
    ${slash}`),
  screen: stroked(svg`
    <rect x="2.8" y="4.2" width="18.4" height="12.6" rx="2.6" /><path d="M8.5 20.2h7M12 13.4V8M9.4 10.3 12 7.7l2.6 2.6" />`),
  screenStop: stroked(svg`
    <rect x="2.8" y="4.2" width="18.4" height="12.6" rx="2.6" /><path d="M8.5 20.2h7M9.8 8.3l4.4 4.4M14.2 8.3l-4.4 4.4" />`),
  chat: stroked(svg`
    <path d="M6.2 4.2h11.6a3.4 3.4 0 0 1 3.4 3.4v6.2a3.4 3.4 0 0 1-3.4 3.4h-5.3L8 20.6v-3.4H6.2a3.4 3.4 0 0 1-3.4-3.4V7.6a3.4 3.4 0 0 1 3.4-3.4Z" /><path d="M8 9.2h8M8 12.6h5" />`),
  people: stroked(svg`
    <circle cx="9" cy="8" r="3.6" /><path d="M2.6 19.4c.5-3.3 3-5.4 6.4-5.4s5.9 2.1 6.4 5.4M15.6 4.8a3.4 3.4 0 0 1 0 6.4M18 14.5c1.9.7 3.1 2.4 3.4 4.9" />`),
  leave: filled(svg`
    <path d="M2.2 14.4c0-1.1.5-2.1 1.4-2.8A13.6 13.6 0 0 1 12 8.8c3.1 0 6 1 8.4 2.8.9.7 1.4 1.7 1.4 2.8v.8c0 1-.9 1.7-1.8 1.5l-2.9-.5c-.7-.1-1.3-.8-1.3-1.5v-1.7a12.4 12.4 0 0 0-7.6 0v1.7c0 .7-.6 1.4-1.3 1.5l-2.9.5c-.9.2-1.8-.5-1.8-1.5v-.8Z" />`),
  settings: stroked(svg`
    <path d="M4 7.4h8.2M18.2 7.4H20M4 16.6h2M12 16.6h8" /><circle cx="15.2" cy="7.4" r="2.8" /><circle cx="9" cy="16.6" r="2.8" />`),
  speaker: stroked(svg`
    <path d="M4.4 9.4h2.9L12 5.2v13.6l-4.7-4.2H4.4a1.2 1.2 0 0 1-1.2-1.2v-2.8c0-.7.5-1.2 1.2-1.2ZM15.6 9a4.2 4.2 0 0 1 0 6M18.4 6.4a8 8 0 0 1 0 11.2" />`),
  link: stroked(svg`
    <path d="M10 14a4.2 4.2 0 0 0 6.2.3l3-3a4.3 4.3 0 0 0-6-6l-1.6 1.5M14 10a4.2 4.2 0 0 0-6.2-.3l-3 3a4.3 4.3 0 0 0 6 6l1.6-1.5" />`),
  hand: stroked(svg`
    <path d="M8 12.6V5.9a1.5 1.5 0 0 1 3 0v5M11 10.6V4.3a1.5 1.5 0 0 1 3 0v6.3M14 10.8V5.9a1.5 1.5 0 0 1 3 0v8.3a6.6 6.6 0 0 1-6.6 6.6 5.9 5.9 0 0 1-4.9-2.6l-2.3-3.9a1.4 1.4 0 0 1 2.3-1.6L8 15.1" />`),
  smile: stroked(svg`
    <circle cx="12" cy="12" r="8.8" /><path d="M8.2 14.2a4.4 4.4 0 0 0 7.6 0M9 9.4h.01M15 9.4h.01" />`),
  shield: stroked(svg`
    <path d="M12 3.2 4.8 6v5.4c0 4.4 3 7.9 7.2 9.4 4.2-1.5 7.2-5 7.2-9.4V6L12 3.2ZM9 12l2.2 2.2L15.2 10" />`),
  dots: filled(
    svg`<circle cx="12" cy="5.4" r="1.8" /><circle cx="12" cy="12" r="1.8" /><circle cx="12" cy="18.6" r="1.8" />`,
  ),
  star: stroked(
    svg`<path d="m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.8-5.1 2.8 1-5.7-4.1-4 5.7-.8L12 3.8Z" />`,
  ),
  person: stroked(
    svg`<circle cx="12" cy="8" r="3.8" /><path d="M4.8 20c.6-3.6 3.4-5.8 7.2-5.8s6.6 2.2 7.2 5.8" />`,
  ),
  personOff: stroked(svg`
    <circle cx="9.6" cy="8" r="3.6" /><path d="M3 19.4c.5-3.3 3.1-5.4 6.6-5.4 1.6 0 3 .4 4.1 1.2M15.6 16.4h5.6" />`),
  attach: stroked(
    svg`<path d="m19.6 11.4-7.4 7.4a4.6 4.6 0 0 1-6.5-6.5l7.8-7.8a3.1 3.1 0 0 1 4.4 4.4l-7.7 7.7a1.5 1.5 0 0 1-2.2-2.2l6.9-6.9" />`,
  ),
  reply: stroked(svg`<path d="M9.4 6 4 11.4l5.4 5.4M4.4 11.4h9.2a6.4 6.4 0 0 1 6.4 6.4v.6" />`),
  file: stroked(
    svg`<path d="M13.6 3.2H7.4a2.2 2.2 0 0 0-2.2 2.2v13.2a2.2 2.2 0 0 0 2.2 2.2h9.2a2.2 2.2 0 0 0 2.2-2.2V8.4l-5.2-5.2ZM13.4 3.4v5.2h5.2" />`,
  ),
  check: stroked(svg`<path d="m5 12.6 4.6 4.6L19.4 7.4" />`),
  close: stroked(svg`<path d="m6 6 12 12M18 6 6 18" />`),
  send: filled(svg`
    <path d="M3.5 5.1c-.4-1.2.8-2.3 1.9-1.7l15.1 7.4a1.3 1.3 0 0 1 0 2.4L5.4 20.6c-1.1.6-2.3-.5-1.9-1.7L5.6 13l6.6-1-6.6-1-2.1-5.9Z" />`),
  chevron: stroked(svg`<path d="m6.5 9.5 5.5 5.5 5.5-5.5" />`),
  down: stroked(svg`<path d="M12 5v14M6 13l6 6 6-6" />`),
  warning: stroked(svg`
    <path d="M10.3 4.3 2.9 17.2a2 2 0 0 0 1.7 3h14.8a2 2 0 0 0 1.7-3L13.7 4.3a2 2 0 0 0-3.4 0ZM12 9.4v4M12 16.8h.01" />`),
  refresh: stroked(svg`<path d="M20 5v5h-5M20 10a8.2 8.2 0 1 0 .4 4.4" />`),
  arrow: stroked(svg`<path d="M4.5 12h15M13.5 6l6 6-6 6" />`),
} as const;

/** Four bars, of which the first `lit` count. */
export function signalBars(lit: number): TemplateResult {
  const bars = [5, 10, 15, 20].map(
    (height, index) =>
      svg`<rect x=${2.5 + index * 5} y=${22 - height} width="3.6" height=${height} rx="1.2" opacity=${index < lit ? 1 : 0.32} />`,
  );
  return filled(svg`${bars}`);
}
