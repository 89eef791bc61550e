import { svg } from 'lit';
import { stroked } from '../icons.ts';

/** What stands on tiles and in the menus of the stage; drawn as `icons`. */
export const stageIcons = {
  view: stroked(svg`
    <rect x="3.2" y="4.2" width="17.6" height="9.4" rx="2.2" /><path d="M5.4 19.8h2.2a2.2 2.2 0 0 0 0-2.8H5.4a2.2 2.2 0 0 0 0 2.8ZM11 17h2.2v2.8H11ZM16.6 17h2.2v2.8h-2.2Z" />`),
  grid: stroked(svg`
    <rect x="3.4" y="4.4" width="7.4" height="6.6" rx="1.6" /><rect x="13.2" y="4.4" width="7.4" height="6.6" rx="1.6" /><rect x="3.4" y="13.2" width="7.4" height="6.6" rx="1.6" /><rect x="13.2" y="13.2" width="7.4" height="6.6" rx="1.6" />`),
  speaker: stroked(svg`
    <rect x="3.2" y="4.4" width="11.8" height="15.2" rx="2.2" /><path d="M18.4 5.2h2.2v3.2h-2.2ZM18.4 10.4h2.2v3.2h-2.2ZM18.4 15.6h2.2v3.2h-2.2Z" />`),
  auto: stroked(svg`
    <path d="m12 3.6 1.9 5a2.2 2.2 0 0 0 1.3 1.3l5 1.9-5 1.9a2.2 2.2 0 0 0-1.3 1.3l-1.9 5-1.9-5a2.2 2.2 0 0 0-1.3-1.3l-5-1.9 5-1.9a2.2 2.2 0 0 0 1.3-1.3l1.9-5Z" />`),
  pin: stroked(svg`<path d="M9 3.6h6M10 3.8v5.4l-3.4 4.6h10.8L14 9.2V3.8M12 13.8v6.8" />`),
  unpin: stroked(
    svg`<path d="M9 3.6h6M10 3.8v1.4M8.6 11l-2 2.8h7M14 3.8v5.4l2 2.8M12 13.8v6.8M3.6 3.6l16.8 16.8" />`,
  ),
  spotlight: stroked(svg`
    <path d="M12 3.4v2.4M5.6 5.8l1.6 1.6M18.4 5.8l-1.6 1.6M3.4 11.6h2.2M18.4 11.6h2.2M8.6 17.4h6.8M10 20.6h4" /><path d="M12 8a4 4 0 0 0-2.6 7l.4.6h4.4l.4-.6A4 4 0 0 0 12 8Z" />`),
  more: stroked(svg`<path d="M5.6 12h.01M12 12h.01M18.4 12h.01" stroke-width="3" />`),
  hide: stroked(svg`
    <path d="M9.8 6.3A9.8 9.8 0 0 1 12 6c6 0 9.2 6 9.2 6a16 16 0 0 1-2.4 3.1M6.3 7.6A15.6 15.6 0 0 0 2.8 12S6 18 12 18a9 9 0 0 0 4.6-1.3M10 10.2a2.6 2.6 0 0 0 3.7 3.6M3.6 3.6l16.8 16.8" />`),
  mirror: stroked(svg`<path d="M12 3.6v16.8M8.6 7.4 3.6 16.6h5ZM15.4 7.4l5 9.2h-5Z" />`),
  popOut: stroked(svg`
    <path d="M20.8 11V7.4a2.6 2.6 0 0 0-2.6-2.6H5.8a2.6 2.6 0 0 0-2.6 2.6v9.2a2.6 2.6 0 0 0 2.6 2.6h3.4" /><rect x="12" y="13.6" width="9" height="6.4" rx="1.6" />`),
  plot: stroked(svg`<path d="M3.6 3.8v14a2.4 2.4 0 0 0 2.4 2.4h14.4M7.4 14.6l3.4-4.4 3 2.8 5.4-6.6" />`),
  previous: stroked(svg`<path d="m14.5 6-6 6 6 6" />`),
  next: stroked(svg`<path d="m9.5 6 6 6-6 6" />`),
  save: stroked(svg`<path d="M12 4v11M7 10.6l5 5 5-5M4.6 19.8h14.8" />`),
} as const;
