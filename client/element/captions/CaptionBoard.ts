import type { Caption } from './captionMessages.ts';

/** What somebody says, or has just said. */
export interface CaptionLine {
  /** One of a kind. */
  key: string;
  name: string;
  text: string;
  final: boolean;
  /** BCP 47; empty where it is not known. */
  language: string;
}

/** Lines on the screen; the oldest give way. */
const MOST = 3;
/** Utterances that are kept for those who hear the page. */
const MOST_SAID = 8;
/** ms that a line stays after its last change. */
const STAYS = 7000;
/** Captions that one person may send in a second; what comes above that is not looked at. */
const MOST_A_SECOND = 12;

interface Pace {
  since: number;
  count: number;
}

/** The captions that are on the screen: of each person the utterance that is under way or was the last. */
export class CaptionBoard {
  #lines: readonly CaptionLine[] = [];
  #said: readonly CaptionLine[] = [];
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #paces = new Map<string, Pace>();
  /** The utterance that each person has finished last. */
  readonly #finished = new Map<string, number>();
  readonly #changed: () => void;

  /** @param changed Called after every change of `lines` or `said`. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Another object after every change. */
  get lines(): readonly CaptionLine[] {
    return this.#lines;
  }

  /** What was said to the end, oldest first. */
  get said(): readonly CaptionLine[] {
    return this.#said;
  }

  /** Takes what somebody says. False where it came too late, or more of it than anybody reads. */
  take(peerId: string, name: string, { id, text, final, language }: Caption, now = Date.now()): boolean {
    if (this.#isTooFast(peerId, now) || id <= (this.#finished.get(peerId) ?? -1)) return false;
    if (final) this.#finished.set(peerId, id);
    const key = `${peerId} ${id}`;
    const line = { key, name, text, final, language };
    const place = this.#lines.findIndex((other) => other.key === key);
    this.#lines = place < 0 ? [...this.#lines, line].slice(-MOST) : this.#lines.with(place, line);
    if (final) this.#said = [...this.#said, line].slice(-MOST_SAID);
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => this.#drop(key), STAYS),
    );
    this.#changed();
    return true;
  }

  /** Whoever left may come back under another id, and is forgotten. */
  forget(peerId: string): void {
    this.#paces.delete(peerId);
    this.#finished.delete(peerId);
  }

  /** Idempotent. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#lines = this.#said = [];
  }

  #drop(key: string): void {
    this.#timers.delete(key);
    this.#lines = this.#lines.filter((line) => line.key !== key);
    this.#changed();
  }

  #isTooFast(peerId: string, now: number): boolean {
    const pace = this.#paces.get(peerId);
    if (!pace || now - pace.since >= 1000 || now < pace.since) {
      this.#paces.set(peerId, { since: now, count: 1 });
      return false;
    }
    pace.count += 1;
    return pace.count > MOST_A_SECOND;
  }
}
