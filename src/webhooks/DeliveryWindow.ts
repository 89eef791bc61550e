import type { NumberedEvent } from './events.ts';
import type { Progress } from './Position.ts';

/** Of what another room does not have to wait for. */
const laneOf = ({ room, egressInfo }: NumberedEvent): string => room?.name ?? egressInfo?.roomName ?? '';

interface Lane {
  readonly events: NumberedEvent[];
  isBusy: boolean;
  /** Of the first of its events, in a row. */
  failures: number;
}

/** The events that a receiver is to get next, a lane for each room: in order there, and independent of each other. */
export class DeliveryWindow {
  readonly #lanes = new Map<string, Lane>();
  /** All from the first that is not done on. */
  readonly #order: { seq: number; isDone: boolean }[] = [];
  /** Done with before, beyond what is done with in a row. */
  readonly #also: Set<number>;
  #after: number;
  #read: number;

  constructor({ after, also }: Progress) {
    this.#after = after;
    this.#read = after;
    this.#also = new Set(also);
  }

  /** Events that are not done with. */
  get size(): number {
    return this.#order.length;
  }

  /** The number of the last event that was added. */
  get read(): number {
    return this.#read;
  }

  get progress(): Progress {
    const also = this.#order.filter(({ isDone }) => isDone).map(({ seq }) => seq);
    return { after: this.#after, also };
  }

  /** Adds what follows; returns how many are missing in between. */
  add(event: NumberedEvent): number {
    let lost = event.seq - this.#read - 1;
    for (const seq of this.#also) {
      if (seq >= event.seq) continue;
      // It was delivered before it was lost.
      this.#also.delete(seq);
      lost -= 1;
    }
    this.#read = event.seq;
    const isDone = this.#also.delete(event.seq);
    this.#order.push({ seq: event.seq, isDone });
    if (isDone) {
      this.#advance();
    } else {
      const name = laneOf(event);
      const lane = this.#lanes.get(name);
      if (lane) lane.events.push(event);
      else this.#lanes.set(name, { events: [event], isBusy: false, failures: 0 });
    }
    return lost;
  }

  /** The oldest event that may be delivered now; it is taken until it is `done` or `failed`. */
  take(): NumberedEvent | undefined {
    let oldest: { event: NumberedEvent; lane: Lane } | undefined;
    for (const lane of this.#lanes.values()) {
      const [event] = lane.events;
      if (lane.isBusy || !event || (oldest && oldest.event.seq < event.seq)) continue;
      oldest = { event, lane };
    }
    if (!oldest) return undefined;
    oldest.lane.isBusy = true;
    return oldest.event;
  }

  done(event: NumberedEvent): void {
    const name = laneOf(event);
    const lane = this.#lanes.get(name);
    if (lane?.events[0] !== event) return;
    lane.events.shift();
    lane.isBusy = false;
    lane.failures = 0;
    if (lane.events.length === 0) this.#lanes.delete(name);
    const found = this.#order.find(({ seq }) => seq === event.seq);
    if (found) found.isDone = true;
    this.#advance();
  }

  /** How often it was refused in a row, this time included; it stays taken until `again`. */
  refused(event: NumberedEvent): number {
    const lane = this.#lanes.get(laneOf(event));
    if (!lane) return 0;
    lane.failures += 1;
    return lane.failures;
  }

  /** It may be taken once more. */
  again(event: NumberedEvent): void {
    const lane = this.#lanes.get(laneOf(event));
    if (lane) lane.isBusy = false;
  }

  #advance(): void {
    while (this.#order[0]?.isDone) this.#after = this.#order.shift()?.seq ?? this.#after;
  }
}
