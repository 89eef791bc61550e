/** What `/readyz` tells; ready while all that is needed to take joins is there. */
export interface Health {
  ready: boolean;
  /** What is wrong, by the name of the check; `ok` where nothing is. */
  checks?: Record<string, string>;
  [detail: string]: unknown;
}

export interface HealthCheck {
  /** Says in a few words what is wrong; undefined when nothing is. Asked with every probe, so it must be cheap. */
  problem: () => string | undefined;
  /** Whether the server goes on taking joins while something is wrong here. Default: it does not. */
  optional?: boolean;
}

/** Whether this server takes joins: the parts that it needs each have a check with a name. */
export class HealthChecks {
  readonly #checks = new Map<string, HealthCheck>();
  readonly #details: () => Record<string, unknown>;

  /** @param details What is told besides. */
  constructor(details: () => Record<string, unknown> = () => ({})) {
    this.#details = details;
  }

  /** Adds a check, in the place of one of the same name if there is one. Returns what takes it away. */
  add(name: string, check: HealthCheck): () => void {
    this.#checks.set(name, check);
    return () => {
      if (this.#checks.get(name) === check) this.#checks.delete(name);
    };
  }

  get ready(): boolean {
    return this.#look().every(({ problem, optional }) => problem === undefined || optional);
  }

  report(): Health {
    const found = this.#look();
    return {
      ready: found.every(({ problem, optional }) => problem === undefined || optional),
      checks: Object.fromEntries(found.map(({ name, problem }) => [name, problem ?? 'ok'])),
      ...this.#details(),
    };
  }

  #look(): { name: string; problem: string | undefined; optional: boolean }[] {
    return [...this.#checks].map(([name, check]) => ({
      name,
      problem: problemOf(check),
      optional: check.optional ?? false,
    }));
  }
}

/** A check that fails to look is no reason to leave the probe without an answer. */
function problemOf({ problem }: HealthCheck): string | undefined {
  try {
    return problem();
  } catch {
    return 'it cannot be told';
  }
}
