import { Pacer } from '../../loadtest/media/Pacer.ts';
import { Attendee, type Conduct } from './Attendee.ts';

/** Joins under way at a time. */
const AT_ONCE = 20;
/** ms for which somebody speaks, between two page turns of one attendee, and between two comings and goings. */
const TURN = 2000;
const PAGE = 10_000;
const CHANGE = 5000;

/** What all attendees were told, and what was made for them. */
export interface Told {
  messages: number;
  bytes: number;
  consumers: number;
}

/** A room full of people who speak in turns, turn pages, come and go. */
export class Gathering {
  readonly #url: string;
  readonly #conduct: Conduct;
  readonly #pacer = new Pacer();
  readonly #attendees: Attendee[] = [];
  /** Of those who left. */
  readonly #gone: Told = { messages: 0, bytes: 0, consumers: 0 };
  readonly #timers: NodeJS.Timeout[] = [];
  #speaker: Attendee | undefined;

  constructor(url: string, conduct: Conduct) {
    this.#url = url;
    this.#conduct = conduct;
  }

  get told(): Told {
    const sum = { ...this.#gone };
    for (const { counted } of this.#attendees) add(sum, counted);
    return sum;
  }

  /** All of them join; resolves when everybody has what he asked for. */
  async fill(people: number, talkers: number): Promise<void> {
    let next = 0;
    const letIn = async (): Promise<void> => {
      while (next < people) await this.#join(next++ < talkers ? this.#pacer : undefined);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, letIn));
    await Promise.all(this.#attendees.map((attendee) => attendee.settled()));
  }

  /** From now on they do what people do, until `close`; turning pages only if they leaf. */
  live(leafing: boolean): void {
    const talkers = this.#attendees.filter(({ isTalker }) => isTalker);
    this.#every(TURN, () => {
      this.#speaker?.speak(false);
      this.#speaker = talkers[Math.floor(Math.random() * talkers.length)];
      this.#speaker?.speak(true);
    });
    if (leafing) this.#leaf();
    this.#every(CHANGE, async () => {
      const leaving = this.#attendees.findIndex(({ isTalker }) => !isTalker);
      const [attendee] = this.#attendees.splice(leaving, 1);
      if (attendee) add(this.#gone, attendee.counted);
      await attendee?.leave();
      await this.#join();
    });
  }

  /** Each in its turn, so that all have turned after so many ms. */
  #leaf(): void {
    let page = 0;
    this.#every(PAGE / this.#attendees.length, async () => {
      await this.#attendees[page++ % this.#attendees.length]?.turnPage();
    });
  }

  /** Idempotent. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const attendee of this.#attendees) attendee.close();
    this.#pacer.close();
  }

  async #join(pacer?: Pacer): Promise<void> {
    const attendee = new Attendee(this.#url, this.#conduct);
    this.#attendees.push(attendee);
    await attendee.join('bench', pacer);
  }

  #every(ms: number, act: () => void | Promise<void>): void {
    this.#timers.push(
      setInterval(() => {
        void Promise.resolve(act()).catch((error: unknown) =>
          console.log(`somebody fails: ${String(error)}`),
        );
      }, ms),
    );
  }
}

function add(sum: Told, more: Readonly<Told>): void {
  sum.messages += more.messages;
  sum.bytes += more.bytes;
  sum.consumers += more.consumers;
}
