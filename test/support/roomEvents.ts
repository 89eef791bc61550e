import type { Visitor } from './visitor.ts';

interface Told {
  name: string;
  detail: unknown;
}

declare global {
  interface Window {
    /** What the rooms on the page have told, in order. */
    told: Told[];
    /** The detail of what was waited for last. */
    found: unknown;
  }
}

/** What `<parley-room>` tells the page that a visitor has open. */
export class RoomEvents {
  readonly #visitor: Visitor;

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }

  /** Hears these from now on; a page that is opened anew has to be listened to anew. */
  async listen(names: readonly string[]): Promise<void> {
    await this.#visitor.run((names: readonly string[]) => {
      window.told = [];
      for (const name of names) {
        // The events do not bubble; they are captured on their way down all the same.
        document.addEventListener(
          name,
          (event) => {
            if (event instanceof CustomEvent) window.told.push({ name, detail: event.detail as unknown });
          },
          { capture: true },
        );
      }
    }, names);
  }

  /** Forgets what was told; default: everything. */
  async forget(names?: readonly string[]): Promise<void> {
    await this.#visitor.run(
      (names) => void (window.told = window.told.filter(({ name }) => names?.includes(name) === false)),
      names,
    );
  }

  /** Waits for an event with at least this detail, and forgets it, and those of its name before it. */
  async tells(name: string, detail: Record<string, unknown> = {}, timeout?: number): Promise<unknown> {
    await this.#visitor.until(
      `${name} ${JSON.stringify(detail)}`,
      ({ name, detail }: { name: string; detail: Record<string, unknown> }) => {
        const index = window.told.findIndex(
          (told) =>
            told.name === name &&
            Object.entries(detail).every(
              ([key, value]) => (told.detail as Record<string, unknown>)[key] === value,
            ),
        );
        if (index < 0) return false;
        const found = window.told[index];
        window.told = window.told.filter((told, at) => at > index || told.name !== name);
        window.found = found?.detail;
        return true;
      },
      { name, detail },
      timeout,
    );
    return this.#visitor.run(() => window.found, null);
  }
}
