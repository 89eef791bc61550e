/** What a page's `::part()` reaches where the room is embedded inline. */
const PARTS = [
  'toolbar',
  'toolbar-button',
  'leave-button',
  'tile',
  'tile-name',
  'panel',
  'prejoin',
  'join-button',
  'closed',
];

/** For each `exportparts` on the way from a part to the page. */
export const EXPORTED_PARTS = PARTS.join(', ');
