import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import type { MediaSetup, TransportInfo } from '../../protocol/models.ts';
import type { JoinAnswer, RequestAnswers, RequestName, RequestPayload } from '../../protocol/requests.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { invalidState, ParleyError, timeout, unavailable } from '../../support/errors.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { MediaTarget, ProbedTransport } from './mediaTarget.ts';

/** ms for a connection, and for an answer. */
const DEADLINE = 8000;

interface VisitOptions {
  /** The server's origin. */
  url: string;
  /** A token for that room, where there are keys to make one with. */
  tokenFor: (room: string) => Promise<string | undefined>;
}

type Answer = { ok: true; data: unknown } | { ok: false; error: WireError };

/** A seat in a room of its own, as any client takes one: it sees what clients are told, and publishes nothing. */
export class RoomVisit implements MediaTarget {
  readonly port: number;
  readonly #socket: Socket;
  /** Of the pair at hand, those that nobody has used. */
  #unused: TransportInfo[] = [];
  #setup: MediaSetup;
  #closed = false;

  private constructor(socket: Socket, { media }: JoinAnswer) {
    this.#socket = socket;
    this.#setup = media;
    this.port = media.sendTransport.iceCandidates[0]?.port ?? 0;
    this.#take(media);
  }

  /** @throws ParleyError `unavailable`, `timeout`, or as the server answers `join`. */
  static async enter({ url, tokenFor }: VisitOptions): Promise<RoomVisit> {
    const room = `doctor-${randomBytes(9).toString('hex')}`;
    const token = await tokenFor(room);
    const socket = io(url, {
      // What a proxy in front has to let through.
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: DEADLINE,
      auth: { protocol: PROTOCOL_VERSION },
      // Its certificate is looked at by itself.
      rejectUnauthorized: false,
    });
    try {
      await opened(socket);
      const name = 'parley doctor';
      const joining = { room, name, data: false, placed: true, ...(token === undefined ? {} : { token }) };
      return new RoomVisit(socket, await ask(socket, 'join', joining));
    } catch (error) {
      socket.disconnect();
      throw error;
    }
  }

  get iceServers() {
    return this.#setup.iceServers;
  }

  async openTransport(): Promise<ProbedTransport> {
    if (this.#closed) throw invalidState('the visit is over');
    if (this.#unused.length === 0) this.#take(await ask(this.#socket, 'setUpMedia', {}));
    const [next] = this.#unused.splice(0, 1);
    if (!next) throw unavailable('the server offers no transport');
    return next;
  }

  async connect(transport: ProbedTransport, value: string): Promise<void> {
    const { transportId } = transport as TransportInfo;
    await ask(this.#socket, 'connectTransport', {
      transportId,
      dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] },
    });
  }

  /** Leaves, so that nobody waits for it to come back. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await ask(this.#socket, 'leave', {}).catch(() => undefined);
    this.#socket.disconnect();
  }

  #take(setup: MediaSetup): void {
    this.#setup = setup;
    this.#unused = [setup.sendTransport, setup.recvTransport];
  }
}

async function opened(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once(
      'connect_error',
      (error: Error & { data?: WireError; description?: { message?: string } }) => {
        // The reason is in what the WebSocket said, where one was tried.
        const reason = error.description?.message ?? error.message;
        reject(error.data ? ParleyError.fromWire(error.data) : unavailable(reason, { cause: error }));
      },
    );
  });
}

async function ask<N extends RequestName>(
  socket: Socket,
  name: N,
  payload: RequestPayload<N>,
): Promise<RequestAnswers[N]> {
  let answer: Answer;
  try {
    answer = (await socket.timeout(DEADLINE).emitWithAck(name, payload)) as Answer;
  } catch (error) {
    throw timeout(`${name}: no answer within ${DEADLINE} ms`, { cause: error });
  }
  if (answer.ok) return answer.data as RequestAnswers[N];
  throw ParleyError.fromWire(answer.error);
}
