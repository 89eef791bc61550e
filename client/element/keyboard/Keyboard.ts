import type { Request } from '../requests.ts';
import { isTalkKey, requestOf } from '../shortcuts.ts';
import { PushToTalk, type Talking } from './PushToTalk.ts';

/** What the keys act on. */
export interface KeyboardOwner extends Talking {
  /** `focus`: keys count while the focus is inside `element`; `page`: also while it is nowhere; `off`: only Escape. */
  scope: () => 'focus' | 'page' | 'off';
  /** Whether there is a call to act on. */
  inCall: () => boolean;
  /** The sheet with the keys lies over it. */
  showsHelp: () => boolean;
  /** Does what a key asks for. */
  tell: (request: Request) => void;
}

/** Listens to the keys of the page on behalf of a room on it. */
export class Keyboard {
  readonly #element: HTMLElement;
  readonly #owner: KeyboardOwner;
  readonly #talk: PushToTalk;
  /** Where keys count when they are on. */
  #last: 'focus' | 'page' = 'focus';

  constructor(element: HTMLElement, owner: KeyboardOwner) {
    this.#element = element;
    this.#owner = owner;
    this.#talk = new PushToTalk(owner);
  }

  /** The scope that turns the keys on, where they counted before, or off. */
  scopeFor(on: boolean): 'focus' | 'page' | 'off' {
    const scope = this.#owner.scope();
    if (scope !== 'off') this.#last = scope;
    return on ? this.#last : 'off';
  }

  start(): void {
    document.addEventListener('keydown', this.#down);
    document.addEventListener('keyup', this.#up);
    // A key that is let go elsewhere is never heard of.
    window.addEventListener('blur', this.#let);
  }

  stop(): void {
    document.removeEventListener('keydown', this.#down);
    document.removeEventListener('keyup', this.#up);
    window.removeEventListener('blur', this.#let);
    this.#talk.release();
  }

  readonly #down = (event: KeyboardEvent): void => {
    const owner = this.#owner;
    const scope = owner.scope();
    const path = event.composedPath();
    const inside = path.includes(this.#element);
    const nowhere = event.target === document.body && scope === 'page';
    if (event.defaultPrevented || !(inside || nowhere) || !owner.inCall()) return;
    if (scope === 'off' && event.key !== 'Escape') return;
    // The call is behind a dialog of the room; one around it is the page's affair.
    const inDialog = inside && path.slice(0, path.indexOf(this.#element)).some(isDialog);
    if ((inDialog || owner.showsHelp()) && requestOf(event)?.type !== 'toggleHelp') return;
    if (isTalkKey(event)) {
      // Held, the key repeats itself, and would scroll the page.
      if (event.repeat ? this.#talk.held : this.#talk.press()) event.preventDefault();
      return;
    }
    const request = requestOf(event);
    if (!request) return;
    owner.tell(request);
    event.preventDefault();
  };

  readonly #up = (event: KeyboardEvent): void => {
    if (event.code === 'Space') this.#talk.release();
  };

  readonly #let = (): void => this.#talk.release();
}

function isDialog(target: EventTarget): boolean {
  return target instanceof HTMLDialogElement;
}
