import process from 'node:process';
import { unixNow } from '../rtp/ntp.ts';

/** Time, and somebody who calls back. */
export interface Clock {
  /** Unix ms, never going back. */
  now(): number;
  /** Calls back once after so many ms; returns what calls it off. */
  wake(callback: () => void, delay: number): () => void;
}

const systemClock: Clock = {
  now: unixNow,
  wake: (callback, delay) => {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};

/** What is done at its time (`due`, Unix ms; `now` is later); returns when it is due again, or null for never. */
export type Step = (due: number, now: number) => number | null;

/** A step that waits for its time. */
export interface Appointment {
  /** Idempotent. */
  cancel(): void;
}

interface Entry extends Appointment {
  due: number;
  /** Null once cancelled. */
  step: Step | null;
}

/** One tick in so many is timed: asking the kernel for the time costs as much as a packet. */
const TIMED_EVERY = 32;

/** ms between two ticks at least; with many senders what libwebrtc's pacer has, because each waking costs. */
const INTERVAL = 1;
const CROWDED_INTERVAL = 5;
/** Steps that wait from which on there are many. */
const CROWD = 50;

/** Every so much of a turn away from all phases before it, however many there are: the golden ratio. */
const GOLDEN = 0.618_033_988_749_895;

/**
 * Does everything that a process sends at its time, with one timer.
 *
 * After a stall each sender still takes one step per tick (1 ms at least, 5 ms where there are many), so that nothing comes in a burst.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  /** Binary heap, the earliest first. */
  readonly #heap: Entry[] = [];
  /** Those that had their step in this tick. */
  readonly #again: Entry[] = [];
  #phase = 0;
  #cpu = 0;
  #ticks = 0;
  #calledFor = Infinity;
  #callOff: () => void = () => undefined;
  #isRunning = false;
  #closed = false;

  /** @param onError is told what a step threw, which is then not done again; by default the process is to know. */
  constructor(options: { clock?: Clock; onError?: (error: unknown) => void } = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#onError =
      options.onError ??
      ((error) =>
        queueMicrotask(() => {
          throw error;
        }));
  }

  /** s of this process's CPU, user and system, that steps took so far, by a sample: what sending costs. */
  get cpu(): number {
    return this.#cpu;
  }

  /** Steps that wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Unix ms. */
  now(): number {
    return this.#clock.now();
  }

  /** 0 to 1, for the next sender: where in its interval it shall send, so that senders do not meet. */
  nextPhase(): number {
    this.#phase = (this.#phase + GOLDEN) % 1;
    return this.#phase;
  }

  /** Nothing happens once the pacer is closed. */
  schedule(due: number, step: Step): Appointment {
    const entry: Entry = {
      due,
      step,
      cancel: () => {
        entry.step = null;
      },
    };
    if (this.#closed) return entry;
    this.#push(entry);
    if (!this.#isRunning) this.#arm();
    return entry;
  }

  /** Idempotent. Nothing is done any more. */
  close(): void {
    this.#closed = true;
    this.#heap.length = 0;
    this.#callOff();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (!first || this.#closed || first.due >= this.#calledFor) return;
    this.#callOff();
    this.#calledFor = first.due;
    const interval = this.#heap.length > CROWD ? CROWDED_INTERVAL : INTERVAL;
    const delay = Math.max(interval, Math.ceil(first.due - this.#clock.now()));
    this.#callOff = this.#clock.wake(() => this.#tick(), delay);
  }

  #tick(): void {
    const isTimed = ++this.#ticks % TIMED_EVERY === 0;
    const before = isTimed ? process.cpuUsage() : null;
    const now = this.#clock.now();
    this.#isRunning = true;
    for (let entry = this.#heap[0]; entry && entry.due <= now; entry = this.#heap[0]) {
      this.#pop();
      const next = this.#take(entry, now);
      if (next === null) continue;
      entry.due = next;
      this.#again.push(entry);
    }
    for (const entry of this.#again) if (!this.#closed) this.#push(entry);
    this.#again.length = 0;
    this.#isRunning = false;
    this.#calledFor = Infinity;
    this.#arm();
    if (!before) return;
    const { user, system } = process.cpuUsage(before);
    this.#cpu += ((user + system) / 1e6) * TIMED_EVERY;
  }

  #take(entry: Entry, now: number): number | null {
    try {
      return entry.step?.(entry.due, now) ?? null;
    } catch (error) {
      this.#onError(error);
      return null;
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (!parent || parent.due <= entry.due) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = at * 2 + 1;
      let child = heap[down];
      if (!child) break;
      const other = heap[down + 1];
      if (other && other.due < child.due) {
        child = other;
        down++;
      }
      if (last.due <= child.due) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
  }
}
