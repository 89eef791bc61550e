import { inventory, type Kind } from './inventory.ts';

/** What a browser does not offer, or cannot be driven to do, by its name in the inventory, and why. */
export type Exceptions = Readonly<Record<string, string>>;

/** What a tour has driven. */
export class Logbook {
  readonly all = inventory();
  readonly #driven = new Set<string>();
  readonly #seen = new Set<string>();

  /** Notes that it was used, and did what it should. */
  drove(kind: Kind, name: string): void {
    this.#driven.add(`${kind} ${name}`);
  }

  /** Notes controls that were on the screen. */
  saw(controls: readonly string[]): void {
    for (const name of controls) this.#seen.add(`control ${name}`);
  }

  /** What has no step, besides the exceptions. */
  missing(exceptions: Exceptions): string[] {
    return [...this.all].filter((entry) => !this.#driven.has(entry) && !(entry in exceptions));
  }

  /** Controls that were on the screen though no list has them: they are drawn in a way that the inventory does not know. */
  get unlisted(): string[] {
    return [...this.#seen].filter((entry) => !this.all.has(entry));
  }

  /** Exceptions that are none: they were driven, or on the screen to be driven, or do not exist. */
  stale(exceptions: Exceptions): string[] {
    return Object.keys(exceptions).filter(
      (entry) => this.#driven.has(entry) || this.#seen.has(entry) || !this.all.has(entry),
    );
  }

  /** Names of a kind. */
  named(kind: Kind): string[] {
    return [...this.all]
      .filter((entry) => entry.startsWith(`${kind} `))
      .map((entry) => entry.slice(kind.length + 1));
  }
}
