import { LitElement } from 'lit';

/** Renders an element and all parts below it anew, through their shadow roots: what they read is not among their properties. */
export function renderAnew(element: Element): void {
  if (element instanceof LitElement) element.requestUpdate();
  for (const part of element.shadowRoot?.querySelectorAll('*') ?? []) renderAnew(part);
}
