import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { NodeIdentity, NodeInfo, NodeStatus } from '../cluster.ts';
import { readNode, withoutVersion, type VersionedNode } from './envelope.ts';
import { NodeDirectory, type Sign } from './NodeDirectory.ts';
import type { RedisConnection } from './RedisConnection.ts';
import { ANNOUNCE, BEAT_SCRIPT, BURY, INFOS, NEW_RUN } from './scripts.ts';
import { BEAT, KEEP } from './times.ts';

/** How far this node's messages have come, which Redis must not have forgotten. */
export interface Progress {
  /** Number of the last message that was read from the inbox. */
  readonly read: number;
  /** Number of the last message that Redis took. */
  readonly sent: number;
}

/** Why this node had to be made known. */
export type Announcement =
  /** It is new. */
  | 'first'
  /** Redis had nothing of it any more: a FLUSHALL, an empty restart, or the others took it for dead. */
  | 'forgotten'
  /** Redis came back with an older state than the one that was seen. */
  | 'older';

interface HeartbeatEvents {
  /** The inbox is empty and begins anew. */
  announced: [why: Announcement, generation: string];
  /** All is well in Redis, as of the so-many-th beat. */
  checked: [count: number];
}

/** Makes this node known, keeps it so, and looks for the others. */
export class Heartbeat extends TypedEmitter<HeartbeatEvents> {
  readonly nodes: NodeDirectory;
  readonly #connection: RedisConnection;
  readonly #identity: NodeIdentity;
  readonly #status: () => NodeStatus;
  readonly #progress: () => Progress;
  readonly #logger: Logger;
  #info: VersionedNode;
  /** Whether Redis has the info's last version. */
  #told = false;
  #generation = '0';
  #count = 0;
  #lookedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isBeating = false;
  #isDue = false;
  #closed = false;

  constructor(options: {
    connection: RedisConnection;
    identity: NodeIdentity;
    status: () => NodeStatus;
    progress: () => Progress;
    logger: Logger;
  }) {
    super();
    this.#connection = options.connection;
    this.#identity = options.identity;
    this.#status = options.status;
    this.#progress = options.progress;
    this.#logger = options.logger;
    this.#info = { ...options.identity, ...options.status(), version: 1 };
    this.nodes = new NodeDirectory(options.identity.id, () => this.#self());
    this.#connection.on('up', () => {
      this.nodes.forgive();
      this.prompt();
    });
  }

  /** What the others are told of this node, up to date. */
  get info(): VersionedNode {
    const status = this.#status();
    const { peers, cpu, accepting } = this.#info;
    if (status.peers !== peers || status.cpu !== cpu || status.accepting !== accepting) {
      this.#info = { ...this.#identity, ...status, version: this.#info.version + 1 };
      this.#told = false;
    }
    return this.#info;
  }

  /** Beats now; when a beat is on its way, after it. */
  prompt(): void {
    if (this.#closed || !this.#connection.isUp) return;
    this.#isDue = true;
    if (this.#isBeating) return;
    clearTimeout(this.#timer);
    this.#isBeating = true;
    void this.#turn();
  }

  /** Resolves after a beat that began after this call and found all well; false once closed. */
  async checked(): Promise<boolean> {
    const begun = this.#count;
    this.prompt();
    while (!this.#closed) {
      const [count] = await this.next('checked');
      if (count > begun && !this.#isClosed()) return true;
    }
    return false;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    // Whoever waits sees that it is closed.
    this.emit('checked', this.#count);
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #self(): NodeInfo {
    return withoutVersion(this.info);
  }

  async #turn(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      try {
        await this.#beat();
      } catch (error) {
        // The connection says itself when Redis is away.
        if (!this.#closed && this.#connection.isUp) this.#logger.warn({ error }, 'a heartbeat failed');
      }
      if (this.#isClosed()) return;
    }
    this.#isBeating = false;
    if (this.#connection.isUp) this.#timer = setTimeout(() => this.prompt(), BEAT);
  }

  async #beat(): Promise<void> {
    this.#count += 1;
    const count = this.#count;
    const counts = performance.now() - this.#lookedAt >= BEAT * 0.9;
    let answer = await this.#sign(count);
    if (answer[0] === 'restarted') {
      await this.#connection.run(NEW_RUN, [this.#connection.runId, KEEP]);
      answer = await this.#sign(count);
    }
    if (answer[0] === 'unknown' || answer[0] === 'lost') {
      await this.#announce(answer[0]);
      answer = await this.#sign(count);
    }
    const [state, now = '', ...fields] = answer;
    // Somebody else was in between; the next beat is soon.
    if (state !== 'ok') return;
    if (counts) this.#lookedAt = performance.now();
    await this.#look(fields, Number(now), counts);
    this.emit('checked', count);
  }

  async #sign(count: number): Promise<string[]> {
    const { info } = this;
    const text = this.#told ? '' : JSON.stringify(info);
    const { read, sent } = this.#progress();
    const answer = (await this.#connection.run(BEAT_SCRIPT, [
      info.id,
      this.#connection.runId,
      `${count} ${info.version}`,
      text,
      this.#generation,
      read,
      sent,
      KEEP,
    ])) as string[];
    if (answer[0] === 'ok' && info === this.#info) this.#told = true;
    return answer;
  }

  async #announce(found: 'unknown' | 'lost'): Promise<void> {
    const { info } = this;
    const { sent } = this.#progress();
    const why = this.#generation === '0' ? 'first' : found === 'unknown' ? 'forgotten' : 'older';
    const generation = (await this.#connection.run(ANNOUNCE, [
      info.id,
      `${this.#count} ${info.version}`,
      JSON.stringify(info),
      this.#generation,
      sent,
      KEEP,
    ])) as string;
    if (this.#isClosed()) return;
    this.#generation = generation;
    if (why !== 'first') this.#logger.warn({ why }, 'Redis had to be told of this node anew');
    this.emit('announced', why, generation);
  }

  async #look(fields: readonly string[], now: number, counts: boolean): Promise<void> {
    const { unread, silent } = this.nodes.look(readSigns(fields), now, counts);
    if (unread.length > 0) {
      const texts = (await this.#connection.run(INFOS, unread)) as string[];
      for (const text of texts) {
        const node = readNode(text);
        if (node) this.nodes.learn(node);
      }
    }
    for (const { id, sign } of silent) {
      const isGone = (await this.#connection.run(BURY, [id, sign])) === 1;
      if (!isGone) continue;
      this.#logger.info({ node: id }, 'a node is gone');
      this.nodes.lose(id, { itself: false });
    }
  }
}

/** Node and sign of life in turns: "<beat> <version> <ms>". */
function readSigns(fields: readonly string[]): Map<string, Sign> {
  const signs = new Map<string, Sign>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const text = fields[i + 1] ?? '';
    const [, version, at] = text.split(' ').map(Number);
    signs.set(fields[i] ?? '', { text, version: version ?? 0, at: at ?? 0 });
  }
  return signs;
}
