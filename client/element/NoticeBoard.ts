/** A sentence on the screen for a while. */
export interface Notice {
  id: number;
  kind: 'info' | 'error';
  text: string;
}

/** A sentence for screen readers only: what others can see elsewhere. */
export interface Announcement {
  id: number;
  text: string;
}

/** ms; what is wrong stays longer than what is merely new. */
const STAY = { info: 3500, error: 9000 };
const MOST = 3;

/** The notices that are on the screen, and what a screen reader says; the oldest give way. */
export class NoticeBoard {
  #announcements: readonly Announcement[] = [];
  #notices: readonly Notice[] = [];
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #changed: () => void;
  #lastId = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get notices(): readonly Notice[] {
    return this.#notices;
  }

  /** The newest last; each is said once, and what was said may go. */
  get announcements(): readonly Announcement[] {
    return this.#announcements;
  }

  announce(text: string): void {
    this.#announcements = [...this.#announcements, { id: (this.#lastId += 1), text }].slice(-MOST);
    this.#changed();
  }

  /** Shows a sentence; one that is on the screen already stays there anew. */
  show(text: string, kind: Notice['kind'] = 'info'): void {
    for (const notice of this.#notices) if (notice.text === text) this.dismiss(notice.id);
    const id = (this.#lastId += 1);
    this.#notices = [...this.#notices, { id, kind, text }];
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), STAY[kind]),
    );
    for (const notice of this.#notices.slice(0, -MOST)) this.dismiss(notice.id);
    this.#changed();
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
    this.#changed();
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#notices = [];
    this.#announcements = [];
  }
}
