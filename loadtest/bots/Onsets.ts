import { FRAME } from '../media/AudioSender.ts';
import type { Collector } from '../results/Collector.ts';
import { unixNow, unixTime } from '../rtp/ntp.ts';
import type { RemoteTrack } from '../targets/Target.ts';
import type { InboundTrack } from './InboundTrack.ts';
import { nextTurn, TURN, turnAt } from './turns.ts';

/** ms into a turn until which a bot has to have been there, to judge of the whole of it. */
const PUNCTUAL = 150;
/** ms after a turn in which its packets may still arrive. */
const UNDER_WAY = 500;

interface Awaited {
  turn: number;
  trackId: string;
}

/**
 * How soon a bot hears those who speak in turns.
 *
 * Whose turn it is everybody knows by the clock, and a talker sends every 20 ms from the beginning of its turn on: so
 * the packet that arrives first tells when the first one was sent.
 */
export class Onsets {
  readonly #talkers: readonly string[];
  readonly #collector: Collector;
  #turn = -1;
  /** Not heard yet: the turn under way, and the one before as long as its packets may still come. */
  #awaited: Awaited | null = null;
  #late: Awaited | null = null;
  /** What was heard before it was known whether it counts. */
  #early: (Awaited & { onset: number }) | null = null;

  /** @param talkers Display names, in the order of their turns. */
  constructor(talkers: readonly string[], collector: Collector) {
    // Who speaks alone never begins to.
    this.#talkers = talkers.length > 1 ? talkers : [];
    this.#collector = collector;
  }

  /** Waits for the next turn of a track's sender, if it takes turns. */
  watch(track: InboundTrack, now = unixNow()): void {
    const position = this.#talkers.indexOf(track.track.name);
    if (position < 0 || track.kind !== 'audio') return;
    const turn = { position, of: this.#talkers.length };
    // The turn under way is heard of still.
    const begin = turnAt(now) % turn.of === position ? turnAt(now) * TURN : nextTurn(turn, now);
    track.speaksAt = begin - unixTime(0);
  }

  /** A packet came at a time (ms) at which its sender has its turn, `took` ms after it was sent. */
  heard(track: InboundTrack, now: number, took: number): void {
    const arrivedAt = unixTime(now);
    const sentAt = arrivedAt - took;
    const turn = turnAt(sentAt);
    const { trackId, name } = track.track;
    const { length: of } = this.#talkers;
    // Comfort noise of before, or a turn that is over.
    if (turn % of !== this.#talkers.indexOf(name)) return;
    const begin = turn * TURN;
    const onset = Math.max(0, arrivedAt - (sentAt - Math.floor((sentAt - begin) / FRAME) * FRAME));
    track.speaksAt = (turn + of) * TURN - unixTime(0);
    for (const one of [this.#awaited, this.#late]) {
      if (one?.turn !== turn || one.trackId !== trackId) continue;
      this.#count(one, onset);
      return;
    }
    this.#early = { turn, trackId, onset };
  }

  /**
   * Begins to wait for a turn, and finds that one was missed: to be called every 50 ms or so.
   *
   * @param find The sound of a talker that the bot should hear now; undefined: there is none.
   */
  tick(find: (name: string) => RemoteTrack | undefined, now = unixNow()): void {
    if (this.#talkers.length === 0) return;
    const turn = turnAt(now);
    const into = now - turn * TURN;
    if (turn !== this.#turn) this.#begin(turn, into, find);
    const late = this.#late;
    if (!late || into < UNDER_WAY) return;
    this.#late = null;
    // Who is gone, or muted, by now may have been so in time.
    if (find(this.#nameAt(late.turn))?.trackId === late.trackId) this.#collector.count('onsetsMissed');
  }

  #begin(turn: number, into: number, find: (name: string) => RemoteTrack | undefined): void {
    this.#late = this.#awaited;
    this.#awaited = null;
    this.#turn = turn;
    const track = into < PUNCTUAL ? find(this.#nameAt(turn)) : undefined;
    if (!track) return;
    const awaited = { turn, trackId: track.trackId };
    this.#awaited = awaited;
    const early = this.#early;
    if (early?.turn === turn && early.trackId === track.trackId) this.#count(awaited, early.onset);
  }

  #count(heard: Awaited, onset: number): void {
    this.#collector.observe('audio.onset', onset);
    if (this.#awaited === heard) this.#awaited = null;
    if (this.#late === heard) this.#late = null;
  }

  #nameAt(turn: number): string {
    return this.#talkers[turn % this.#talkers.length] ?? '';
  }
}
