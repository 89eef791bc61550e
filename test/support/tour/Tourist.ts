import type { ParleyRoomElement } from '../../../client/embed/ParleyRoomElement.ts';
import { RoomEvents } from '../roomEvents.ts';
import type { Visitor } from '../visitor.ts';
import type { Hands } from './Hands.ts';
import type { Kind } from './inventory.ts';
import type { Logbook } from './Logbook.ts';

/** ms for anything to come about: the machine may be slow, and nothing here is about speed. */
export const PATIENCE = 60_000;

/** Selectors, each inside of what the one before found, through shadow roots. */
export type Chain = readonly string[];

export const action = (name: string): string => `[data-action="${name}"]`;
export const role = (name: string): string => `[data-role="${name}"]`;
export const setting = (name: string): string => `[data-setting="${name}"]`;
export const device = (name: string): string => `[data-device="${name}"]`;
export const tile = (name: string): string => `parley-tile[data-peer-name="${name}"]`;

/** Attributes of selectors, and what their values are names of. */
const ATTRIBUTES: readonly (readonly [RegExp, Kind])[] = [
  [/\[data-action="([\w-]+)"\]/, 'control'],
  [/\[data-role="([\w-]+)"\]/, 'role'],
  [/\[data-setting="(\w+)"\]/, 'setting'],
  [/\[data-device="(\w+)"\]/, 'device'],
];

type Property = Extract<keyof ParleyRoomElement, string>;

/** Somebody with a room in a page of theirs, who writes down whatever of it was used and worked. */
export class Tourist {
  readonly visitor: Visitor;
  readonly hands: Hands;
  readonly logbook: Logbook;
  readonly #events: RoomEvents;

  constructor(visitor: Visitor, hands: Hands, logbook: Logbook) {
    this.visitor = visitor;
    this.hands = hands;
    this.logbook = logbook;
    this.#events = new RoomEvents(visitor);
  }

  get name(): string {
    return this.visitor.person.name;
  }

  /** Opens a page, and waits until it says this on its console: until then nothing was clicked on it. */
  async arrive(url: string, said: string): Promise<void> {
    await this.hands.open(url, said);
    await this.#events.listen(this.logbook.named('event'));
  }

  /** Puts a room into the page. */
  async insert(
    attributes: Record<string, string>,
    properties: Partial<Record<Property, unknown>> = {},
    inside = '',
  ): Promise<void> {
    await this.visitor.run(
      ({ attributes, properties, inside }) => {
        const element = document.createElement('parley-room');
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        Object.assign(element, properties);
        element.innerHTML = inside;
        document.body.append(element);
      },
      { attributes, properties, inside },
    );
    for (const name of Object.keys(attributes)) this.logbook.drove('attribute', name);
  }

  /** Takes the room out of the page again. */
  async remove(): Promise<void> {
    await this.look();
    await this.visitor.run(() => document.querySelector('parley-room')?.remove(), null);
    await this.#events.forget();
  }

  async stands(status: string): Promise<void> {
    await this.holds('status', status);
    await this.until(`to be ${status}`, (wanted: string) => window.parleyTest.status() === wanted, status);
  }

  /** Waits until a condition on the page holds. */
  async until<A>(what: string, condition: (argument: A) => unknown, argument: A): Promise<void> {
    await this.visitor.until(what, condition, argument, PATIENCE);
  }

  /** Has a command done by its name; resolves with `done` or the code that it rejected with. */
  async command(name: string, ...args: unknown[]): Promise<void> {
    await this.call('executeCommand', name, ...args);
    this.logbook.drove('command', name);
  }

  /** Calls a method; resolves with what it gives. */
  async call(method: string, ...args: unknown[]): Promise<unknown> {
    const answer = await this.visitor.run(
      async ({ method, args }): Promise<{ value?: unknown; problem?: string }> => {
        const room = document.querySelector('parley-room') as unknown as Record<
          string,
          (...args: unknown[]) => unknown
        >;
        try {
          return { value: await room[method]?.(...args) };
        } catch (error) {
          return { problem: (error as { code?: string }).code ?? String(error) };
        }
      },
      { method, args },
    );
    if (answer.problem !== undefined) throw new Error(`${method}(${args.join(', ')}): ${answer.problem}`);
    this.logbook.drove('method', method);
    return answer.value;
  }

  /** Waits until a property is this, or at least has this in it. */
  async holds(name: Property, value: unknown): Promise<void> {
    await this.until(
      `${name} to be ${JSON.stringify(value)}`,
      ([name, wanted]: [string, string]) => {
        const room = document.querySelector('parley-room') as unknown as Record<string, unknown>;
        return JSON.stringify(room[name]) === wanted;
      },
      [name, JSON.stringify(value)] as [string, string],
    );
    this.logbook.drove('property', name);
  }

  async get<K extends Property>(name: K): Promise<ParleyRoomElement[K]> {
    const value = await this.visitor.run((name: string) => {
      const room = document.querySelector('parley-room') as unknown as Record<string, unknown>;
      return room[name];
    }, name);
    this.logbook.drove('property', name);
    return value as ParleyRoomElement[K];
  }

  /** Sets a property, such as of something that a page changes during a call. */
  async set(name: Property, value: unknown): Promise<void> {
    await this.visitor.run(
      ([name, value]: [string, unknown]) =>
        Object.assign(document.querySelector('parley-room') ?? {}, { [name]: value }),
      [name, value] as [string, unknown],
    );
    this.logbook.drove('property', name);
  }

  async setAttribute(name: string, value: string): Promise<void> {
    await this.visitor.run(
      ([name, value]: [string, string]) => document.querySelector('parley-room')?.setAttribute(name, value),
      [name, value] as [string, string],
    );
    this.logbook.drove('attribute', name);
  }

  /** Waits for an event. */
  async tells(name: string, detail: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const found = await this.#events.tells(name, detail, PATIENCE);
    this.logbook.drove('event', name);
    return found as Record<string, unknown>;
  }

  /** Counts only those of these events that are still to come. */
  async forgets(...names: string[]): Promise<void> {
    await this.#events.forget(names);
  }

  /** Clicks with a pointer, as soon as it can be hit. */
  async press(...chain: Chain): Promise<void> {
    await this.click(1, chain);
  }

  async click(times: 1 | 2, chain: Chain): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    let point: { x: number; y: number } | string;
    do {
      point = await this.visitor.run((chain: Chain) => window.parleyTest.aim(chain), chain);
      if (typeof point !== 'string') {
        await this.hands.clickAt(point.x, point.y, times);
        // Something may have slid over it meanwhile.
        if (await this.visitor.run(() => window.parleyTest.hit, null)) {
          this.#note(chain);
          return;
        }
        point = 'the click went elsewhere';
      }
    } while (performance.now() < deadline);
    throw new Error(`${this.name} cannot click ${chain.join(' ')}: ${point}`);
  }

  /** Turns a box on or off that is to be clicked for it. */
  async check(on: boolean, ...chain: Chain): Promise<void> {
    const isOn = ([chain, on]: [Chain, boolean]): boolean =>
      (window.parleyTest.reach(chain)[0] as HTMLInputElement | undefined)?.checked === on;
    await this.sees(...chain);
    if (!(await this.visitor.run(isOn, [chain, on] as [Chain, boolean]))) await this.press(...chain);
    await this.until(`${chain.join(' ')} to be ${on ? 'on' : 'off'}`, isOn, [chain, on] as [Chain, boolean]);
  }

  /** Chooses in a list, by value; empty: its last. Resolves with what was chosen. */
  async choose(value: string, ...chain: Chain): Promise<string> {
    await this.until(
      `${chain.join(' ')} with “${value}”`,
      ([chain, value]: [Chain, string]) => {
        const list = window.parleyTest.reach(chain)[0];
        if (!(list instanceof HTMLSelectElement) || list.disabled) return false;
        return [...list.options].some((option) => option.value === value);
      },
      [chain, value] as [Chain, string],
    );
    const chosen = await this.visitor.run(
      ([chain, value]: [Chain, string]) => {
        const list = window.parleyTest.reach(chain)[0] as HTMLSelectElement;
        list.value = value;
        // As browsers do themselves, whose lists no driver can open.
        for (const type of ['input', 'change'])
          list.dispatchEvent(new Event(type, { bubbles: true, composed: type === 'input' }));
        return list.value;
      },
      [chain, value] as [Chain, string],
    );
    this.#note(chain);
    return chosen;
  }

  /** Writes into a field, in place of what is there. */
  async fill(text: string, ...chain: Chain): Promise<void> {
    await this.press(...chain);
    await this.visitor.run(
      (chain: Chain) => (window.parleyTest.reach(chain)[0] as HTMLInputElement).select(),
      chain,
    );
    await this.hands.type(text);
  }

  /** Presses a key of the room's. */
  async key(key: string): Promise<void> {
    await this.hands.press(key);
    this.logbook.drove('key', key);
  }

  /** Waits until it is on the screen. */
  async sees(...chain: Chain): Promise<void> {
    await this.until(
      chain.join(' '),
      (chain: Chain) => window.parleyTest.reach(chain).some((element) => element.checkVisibility()),
      chain,
    );
    this.#note(chain.filter((selector) => !selector.includes('data-action')));
  }

  async seesNo(...chain: Chain): Promise<void> {
    await this.until(
      `no ${chain.join(' ')}`,
      (chain: Chain) => !window.parleyTest.reach(chain).some((element) => element.checkVisibility()),
      chain,
    );
  }

  /** Waits until it has these words. */
  async reads(words: string, ...chain: Chain): Promise<void> {
    await this.until(
      `“${words}” in ${chain.join(' ')}`,
      ([chain, words]: [Chain, string]) =>
        window.parleyTest.reach(chain).some((element) => element.textContent.includes(words)),
      [chain, words] as [Chain, string],
    );
    this.#note(chain.filter((selector) => !selector.includes('data-action')));
  }

  /** Writes down which controls are on the screen. */
  async look(): Promise<void> {
    this.logbook.saw(
      await this.visitor.run(
        () =>
          window.parleyTest.all('[data-action]').map((element) => element.getAttribute('data-action') ?? ''),
        null,
      ),
    );
  }

  #note(chain: Chain): void {
    for (const selector of chain) {
      for (const [pattern, kind] of ATTRIBUTES) {
        const name = pattern.exec(selector)?.[1];
        if (name !== undefined) this.logbook.drove(kind, name);
      }
    }
  }
}
