import type { ToolbarButton } from '../element/embedding/contract.ts';

/** Of keys that stand for elements, so that they are not taken for keys that the page has chosen. */
const PREFIX = 'slotted-';

/**
 * The page's own elements for the toolbar (`slot="toolbar"`), as buttons that can be declared to a frame, where no element
 * of the page can stand: a click there clicks the element here.
 */
export class SlottedButtons {
  readonly #page: HTMLElement;
  readonly #observer: MutationObserver;

  /** `changed` is called when there are others, or they read differently; until `close()`. */
  constructor(page: HTMLElement, changed: () => void) {
    this.#page = page;
    this.#observer = new MutationObserver(changed);
    this.#observer.observe(page, {
      childList: true,
      subtree: true,
      characterData: true,
      attributeFilter: ['slot', 'aria-label', 'title', 'hidden'],
    });
  }

  get buttons(): ToolbarButton[] {
    return this.#elements().map((element, index) => ({ key: `${PREFIX}${index}`, text: labelOf(element) }));
  }

  /** Clicks the element that a key stands for; false where it stands for none. */
  click(key: string): boolean {
    const element = key.startsWith(PREFIX) ? this.#elements()[Number(key.slice(PREFIX.length))] : undefined;
    element?.click();
    return element !== undefined;
  }

  close(): void {
    this.#observer.disconnect();
  }

  #elements(): HTMLElement[] {
    return [...this.#page.querySelectorAll<HTMLElement>(':scope > [slot="toolbar"]:not([hidden])')];
  }
}

function labelOf(element: HTMLElement): string {
  return (element.getAttribute('aria-label') ?? element.textContent.trim()) || element.title;
}
