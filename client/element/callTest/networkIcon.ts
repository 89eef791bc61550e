import { svg } from 'lit';
import { stroked } from '../icons.ts';

/** The mark of the network test: what goes up and down. */
export const networkIcon = stroked(
  svg`<path d="M8 20V5M3.8 9.2 8 5l4.2 4.2M16 4v15M20.2 14.8 16 19l-4.2-4.2" />`,
);
