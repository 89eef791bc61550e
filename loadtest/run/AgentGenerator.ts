import type { AgentConnection } from '../agent/AgentConnection.ts';
import type { GeneratorLink } from './GeneratorLink.ts';
import type { FromGenerator, ToGenerator } from './messages.ts';

/** A generator process of an agent on another machine. */
export class AgentGenerator implements GeneratorLink {
  readonly name: string;
  readonly host: string;
  readonly local = false;
  onMessage: (message: FromGenerator) => void = () => undefined;
  onClose: (reason: string) => void = () => undefined;
  readonly #connection: AgentConnection;
  readonly #index: number;
  #rooms: ReadonlySet<string> = new Set();
  #closed = false;

  /** @param index Counts the agent's processes from 0. */
  constructor(connection: AgentConnection, index: number) {
    this.name = `${connection.name} generator ${index + 1}`;
    this.host = connection.host;
    this.#connection = connection;
    this.#index = index;
    connection.attach(index, {
      heard: (message) => this.#heard(message),
      gone: (reason) => this.#gone(reason),
    });
  }

  /** @throws ParleyError `unavailable` when the agent is gone. */
  send(message: ToGenerator): void {
    if (message.type !== 'prepare') {
      this.#connection.send(this.#index, message);
      return;
    }
    const { assignment } = message;
    this.#rooms = new Set(assignment.bots.map(({ room }) => room));
    this.#connection.send(this.#index, {
      type: 'prepare',
      assignment: { ...assignment, clockOffset: this.#connection.clock.offset },
    });
  }

  close(): void {
    this.#gone('closed');
    this.#connection.detach(this.#index);
  }

  #heard(message: FromGenerator): void {
    const stranger =
      message.type === 'tally' && Object.keys(message.tally.rooms).find((room) => !this.#rooms.has(room));
    if (typeof stranger === 'string') this.#connection.fail('it tells of a room that its bots are not in');
    else this.onMessage(message);
  }

  #gone(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose(reason);
  }
}
