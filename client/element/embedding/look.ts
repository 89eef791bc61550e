/** The custom properties that a page may set on `<parley-room>`; the names and defaults are in `tokens.css`. */
export const CUSTOM_PROPERTIES = [
  '--parley-font',
  '--parley-bg',
  '--parley-surface',
  '--parley-raised',
  '--parley-sunken',
  '--parley-sunken-hover',
  '--parley-border',
  '--parley-border-strong',
  '--parley-text',
  '--parley-text-soft',
  '--parley-accent',
  '--parley-accent-hover',
  '--parley-on-accent',
  '--parley-accent-soft',
  '--parley-accent-text',
  '--parley-danger',
  '--parley-danger-hover',
  '--parley-danger-soft',
  '--parley-danger-text',
  '--parley-warning-soft',
  '--parley-warning-text',
  '--parley-speaking',
  '--parley-radius-s',
  '--parley-radius-m',
  '--parley-radius-l',
] as const;

/** No value that makes sense is longer. */
const LONGEST = 400;

/** Lays these values over the element's own; what is absent goes back to them. */
export function applyLook(element: HTMLElement, look: Readonly<Record<string, string>>): void {
  for (const name of CUSTOM_PROPERTIES) {
    const value = look[name];
    if (value && value.length <= LONGEST) element.style.setProperty(name, value);
    else element.style.removeProperty(name);
  }
}
