import type { Person } from './clips.ts';

/** A browser with a person in front of it, whatever drives it. */
export abstract class Visitor {
  readonly person: Person;
  /** What went wrong on the page. */
  readonly errors: string[] = [];

  protected constructor(person: Person) {
    this.person = person;
  }

  /** Opens the room page and joins at once. */
  async join(url: string, room: string, parameters = ''): Promise<void> {
    await this.open(`${url}/r/${room}?name=${this.person.name}&autojoin=1${parameters}`);
  }

  /** Waits until a condition on the page holds. */
  async until<A>(
    what: string,
    condition: (argument: A) => unknown,
    argument: A,
    timeout = 20_000,
  ): Promise<void> {
    try {
      await this.wait(condition, argument, timeout);
    } catch (error) {
      const text = await this.run(readAll, null).catch(() => '');
      throw new Error(`${this.person.name} waited ${timeout} ms for ${what}; the page says: ${text}`, {
        cause: error,
      });
    }
  }

  async seesAndHears(other: Person, timeout?: number): Promise<void> {
    await this.until(
      `the moving picture of ${other.name}`,
      (p: Person) => window.parleyTest.sees(p.name, p.colour),
      other,
      timeout,
    );
    await this.until(
      `the tone of ${other.name}`,
      (p: Person) => window.parleyTest.hears(p.name, p.tone),
      other,
      timeout,
    );
  }

  /** Clicks what has this `data-action`. */
  async click(action: string): Promise<void> {
    const found = await this.run((name: string) => window.parleyTest.click(name), action);
    if (!found) throw new Error(`there is no ${action} on the page of ${this.person.name}`);
  }

  /** Writes a chat message, by keyboard, into the chat that is open. */
  async write(text: string): Promise<void> {
    await this.until('the chat', () => window.parleyTest.focus('chat-input'), null);
    await this.type(text);
  }

  async reads(text: string): Promise<void> {
    await this.until(
      `the message “${text}”`,
      (wanted: string) => window.parleyTest.messages().some((message) => message.includes(wanted)),
      text,
    );
  }

  abstract open(url: string): Promise<void>;
  /** Runs a function in the page. */
  abstract run<A, R>(task: (argument: A) => R, argument: A): Promise<Awaited<R>>;
  abstract close(): Promise<void>;
  /** Resolves once the condition holds, rejects after `timeout` ms. */
  protected abstract wait<A>(
    condition: (argument: A) => unknown,
    argument: A,
    timeout: number,
  ): Promise<void>;
  /** Types a line and ends it, where the cursor is. */
  protected abstract type(text: string): Promise<void>;
}

/** Runs in the page: what can be read on it, the room included. */
function readAll(): string {
  const lines = window.parleyTest
    .all('button, p, h1, h2, h3, li, span')
    .filter((element) => element instanceof HTMLElement && element.checkVisibility())
    .map((element) => (element as HTMLElement).innerText.trim());
  return [document.body.innerText, ...new Set(lines)].filter((line) => line !== '').join(' | ');
}
