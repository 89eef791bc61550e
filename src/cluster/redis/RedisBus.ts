import { invalidState, internal, ParleyError, unavailable } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { Answers } from '../Answers.ts';
import { assertDeadline, REQUEST_DEADLINE } from '../requestDeadline.ts';
import type { Answerer, BusEvents, ClusterBus } from '../cluster.ts';
import { toBody } from '../messageBody.ts';
import type { Envelope } from './envelope.ts';
import type { Heartbeat } from './Heartbeat.ts';
import type { Outbox } from './Outbox.ts';
import { MISSED } from './outgoing.ts';
import type { RedisConnection } from './RedisConnection.ts';
import { Requests } from './Requests.ts';

/** From node to node, through the other's inbox. */
export class RedisBus extends TypedEmitter<BusEvents> implements ClusterBus {
  readonly #connection: RedisConnection;
  readonly #outbox: Outbox;
  readonly #answers: Answers;
  readonly #requests = new Requests();
  #closed = false;

  constructor(options: {
    connection: RedisConnection;
    heartbeat: Heartbeat;
    outbox: Outbox;
    logger: Logger;
  }) {
    super();
    this.#connection = options.connection;
    this.#outbox = options.outbox;
    this.#answers = new Answers(options.logger);
    options.connection.on('down', () => this.#requests.failAll(unavailable('Redis went away')));
    options.heartbeat.nodes.on('nodeLeft', (id) => this.#requests.nodeLeft(id));
  }

  send(node: string, type: string, data: unknown): void {
    this.#post(node, { kind: 'message', type, data });
  }

  async request(
    node: string,
    type: string,
    data: unknown,
    options: { timeout?: number } = {},
  ): Promise<unknown> {
    this.#assertOpen();
    const deadline = assertDeadline(options.timeout ?? REQUEST_DEADLINE);
    if (!this.#connection.isUp) throw unavailable('Redis is away');
    return this.#requests.open(node, deadline, (id) => {
      this.#outbox.post({
        kind: 'node',
        target: node,
        body: toBody({ kind: 'request', id, type, data } satisfies Envelope),
        isWanted: () => this.#requests.has(id),
        onDelivered: (count) => {
          if (count === 0) this.#requests.fail(id, unavailable('there is no such node'));
        },
      });
    });
  }

  answer(type: string, answerer: Answerer): () => void {
    this.#assertOpen();
    return this.#answers.add(type, answerer);
  }

  received(envelope: Envelope, from: string): void {
    switch (envelope.kind) {
      case 'message':
        this.emit('message', { from, type: envelope.type, data: envelope.data });
        return;
      case 'request':
        void this.#answer(envelope.id, envelope.type, envelope.data, from);
        return;
      case 'answer':
        this.#requests.answered(envelope.id, from, envelope.data);
        return;
      case 'refusal': {
        const { code, message, details } = envelope.error;
        const error = new ParleyError(code, message, details ? { details } : {});
        this.#requests.refused(envelope.id, from, error);
        return;
      }
      case 'missed':
        this.resync(from);
        return;
      default:
        return;
    }
  }

  /** Messages to this node may be missing. */
  resync(from: string | null): void {
    if (!this.#closed) this.emit('resync', from);
  }

  /** Tells all nodes that messages of this one may be missing. */
  admitMissing(): void {
    this.#outbox.post({ kind: 'nodes', target: '', body: MISSED });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#requests.failAll(invalidState('this node has left the cluster'));
  }

  async #answer(id: number, type: string, data: unknown, from: string): Promise<void> {
    let envelope: Envelope;
    try {
      envelope = { kind: 'answer', id, data: await this.#answers.answer(type, data, from) };
    } catch (error) {
      const { code, message, details } = error instanceof ParleyError ? error : internal('no answer');
      envelope = { kind: 'refusal', id, error: { code, message, ...(details ? { details } : {}) } };
    }
    if (!this.#isClosed()) this.#post(from, envelope);
  }

  #post(target: string, envelope: Envelope): void {
    this.#assertOpen();
    const isAnswer = envelope.kind !== 'message';
    this.#outbox.post({
      kind: 'node',
      target,
      body: toBody(envelope),
      // Whoever asked gives up when Redis goes away.
      ...(isAnswer ? { isWanted: () => this.#connection.isUp } : {}),
    });
  }

  #assertOpen(): void {
    if (this.#closed) throw invalidState('this node has left the cluster');
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
