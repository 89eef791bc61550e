import { html, nothing, type TemplateResult } from 'lit';
import { icons, signalBars } from '../icons.ts';
import { text } from '../text.ts';
import { stageIcons } from './stageIcons.ts';
import type { TileLook } from './tileLook.ts';

/** A raised hand, with its place among the others. */
export function handMark(place: number): TemplateResult | typeof nothing {
  if (place === 0) return nothing;
  return html`<div class="mark hand" title=${text.handPlace(place)}>${icons.hand}<span>${place}</span></div>`;
}

/** Bars where the connection is weak, for all when they are pointed at; the sentence comes then, too. */
export function qualityMark({
  score,
  weak,
  sentence,
}: Pick<TileLook, 'score' | 'weak' | 'sentence'>): TemplateResult | typeof nothing {
  if (score === null && sentence === null) return nothing;
  return html`
    <div class="mark quality ${weak ? 'weak' : ''} ${sentence === null ? 'fine' : ''}">
      ${score === null ? icons.warning : signalBars(Math.min(Math.max(Math.ceil(score - 0.5), 1), 4))}
      ${sentence === null ? nothing : html`<span class="why">${sentence}</span>`}
    </div>
  `;
}

interface ToolOptions {
  name: string;
  pinned: boolean;
  pin: () => void;
  openMenu: (event: Event) => void;
}

/** What can be done with a tile. The menu has all of it, so it alone is a stop for those who go by keyboard. */
export function tileTools({ name, pinned, pin, openMenu }: ToolOptions): TemplateResult {
  const label = pinned ? text.unpin : text.pin;
  return html`
    <div class="tools ${pinned ? 'kept' : ''}">
      <button
        class="tool pin"
        tabindex="-1"
        data-action="pin"
        aria-label=${label}
        aria-pressed=${pinned}
        title=${label}
        @click=${pin}
        @dblclick=${stop}
      >
        ${pinned ? stageIcons.unpin : stageIcons.pin}
      </button>
      <button
        class="tool more"
        data-action="tile-menu"
        aria-label=${text.tileMenu(name)}
        aria-haspopup="menu"
        title=${text.tileMenu(name)}
        @click=${openMenu}
        @dblclick=${stop}
      >
        ${stageIcons.more}
      </button>
    </div>
  `;
}

/** Two clicks on a button are no double click on the tile. */
function stop(event: Event): void {
  event.stopPropagation();
}
