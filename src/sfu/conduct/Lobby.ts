import { randomBytes, randomUUID } from 'node:crypto';
import type { KnockAnswer, WaitingPeer } from '../../protocol/conduct.ts';
import { limitExceeded } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { Limits } from '../limits.ts';

/** ms for which somebody who was admitted may come in. */
const COMES_WITHIN = 60_000;
/** ms for which somebody waits whose socket was lost. */
const AWAY_FOR = 15_000;

interface KnockEvents {
  answered: [answer: KnockAnswer];
}

/** Somebody who waits to be let in. */
export class Knock extends TypedEmitter<KnockEvents> {
  /** Proves who knocked. */
  readonly token = randomBytes(24).toString('base64url');
  readonly waiting: WaitingPeer;
  readonly #over: () => void;
  readonly #endsAt: number;
  #timer: NodeJS.Timeout;
  #awayTimer: NodeJS.Timeout | undefined;
  #holder: object | undefined;
  #answer: KnockAnswer | undefined;

  constructor(who: { name: string; identity?: string | undefined }, patience: number, over: () => void) {
    super();
    const { name, identity } = who;
    const said = identity === undefined ? { name } : { name, identity };
    this.waiting = { knockId: randomUUID(), ...said, since: Date.now() };
    this.#over = over;
    this.#endsAt = performance.now() + patience;
    this.#timer = setTimeout(() => this.answer('timeout'), patience).unref();
  }

  /** Undefined while it waits. */
  get given(): KnockAnswer | undefined {
    return this.#answer;
  }

  /** ms for which it waits still. */
  get endsIn(): number {
    return Math.max(0, Math.round(this.#endsAt - performance.now()));
  }

  /** Idempotent. Whoever is admitted comes in soon, or not at all. */
  answer(answer: KnockAnswer): void {
    if (this.#answer !== undefined) return;
    this.#answer = answer;
    this.#stopWaiting();
    if (answer === 'admitted') this.#timer = setTimeout(this.#over, COMES_WITHIN).unref();
    else this.#over();
    this.emit('answered', answer);
  }

  /** A socket speaks for it from now on; returns what says that it does not any more: then it is kept for a while. */
  hold(): () => void {
    clearTimeout(this.#awayTimer);
    const holder = (this.#holder = {});
    return () => {
      if (this.#holder === holder && this.#answer === undefined)
        this.#awayTimer = setTimeout(() => this.close(), AWAY_FOR).unref();
    };
  }

  /** It went, or came in. Idempotent; nothing is told. */
  close(): void {
    this.#answer ??= 'denied';
    this.#stopWaiting();
    this.#over();
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#awayTimer);
  }
}

interface LobbyEvents {
  /** Others wait than before; here, or on another node. */
  changed: [by: 'here' | 'elsewhere'];
}

/** Those who wait to be let into a room, here and as other nodes tell; each is held here, and no longer than its time. */
export class Lobby extends TypedEmitter<LobbyEvents> {
  readonly #limits: Pick<Limits, 'maxWaiting' | 'waitingTimeout'>;
  readonly #knocks = new Map<string, Knock>();
  readonly #elsewhere = new Map<string, readonly WaitingPeer[]>();
  #closed = false;

  constructor(limits: Pick<Limits, 'maxWaiting' | 'waitingTimeout'>) {
    super();
    this.#limits = limits;
  }

  /** On this node, with those who were admitted and have not come in yet. */
  get size(): number {
    return this.#knocks.size;
  }

  /** Those who wait on this node. */
  get here(): WaitingPeer[] {
    return [...this.#knocks.values()].flatMap(({ given, waiting }) => (given === undefined ? waiting : []));
  }

  /** Everybody who waits, longest first. */
  get waiting(): WaitingPeer[] {
    const all = [...this.here, ...[...this.#elsewhere.values()].flat()];
    return all.sort((a, b) => a.since - b.since || (a.knockId < b.knockId ? -1 : 1));
  }

  /** The nodes on which somebody waits. */
  get nodes(): string[] {
    return [...this.#elsewhere.keys()];
  }

  /** @throws ParleyError `limitExceeded` when too many wait. */
  knock(who: { name: string; identity?: string | undefined }): Knock {
    const others = this.waiting.length - this.here.length;
    if (this.#closed || this.size + others >= this.#limits.maxWaiting)
      throw limitExceeded('too many wait to be let in');
    const knock = new Knock(who, this.#limits.waitingTimeout, () => {
      if (this.#knocks.delete(knock.token)) this.emit('changed', 'here');
    });
    this.#knocks.set(knock.token, knock);
    knock.on('answered', (answer) => {
      if (answer === 'admitted') this.emit('changed', 'here');
    });
    this.emit('changed', 'here');
    return knock;
  }

  find(token: string): Knock | undefined {
    return this.#knocks.get(token);
  }

  /** Uses up the admission of somebody who comes in. Returns whether there was one. */
  take(token: string): boolean {
    const knock = this.#knocks.get(token);
    if (knock?.given !== 'admitted') return false;
    knock.close();
    return true;
  }

  /** Of those who wait on this node. Returns how many these were. @param knockIds Absent: everybody. */
  answer(knockIds: readonly string[] | undefined, answer: KnockAnswer): number {
    const wanted = knockIds && new Set(knockIds);
    const found = [...this.#knocks.values()].filter(
      ({ given, waiting }) => given === undefined && (wanted?.has(waiting.knockId) ?? true),
    );
    for (const knock of found) knock.answer(answer);
    return found.length;
  }

  /** Those who wait on another node. */
  heardElsewhere(node: string, waiting: readonly WaitingPeer[]): void {
    if (waiting.length === 0 && !this.#elsewhere.has(node)) return;
    if (waiting.length === 0) this.#elsewhere.delete(node);
    else this.#elsewhere.set(node, waiting);
    this.emit('changed', 'elsewhere');
  }

  /** Idempotent. Whoever waits is told. */
  close(): void {
    this.#closed = true;
    this.answer(undefined, 'roomClosed');
    for (const knock of [...this.#knocks.values()]) knock.close();
    this.#elsewhere.clear();
  }
}
