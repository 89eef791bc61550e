import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveKitRoom } from '../../src/livekit/infos.ts';
import { LmdbStore } from '../../src/store/LmdbStore.ts';
import type { Store } from '../../src/store/store.ts';
import { unavailable } from '../../src/support/errors.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { AddressGuard } from '../../src/webhooks/AddressGuard.ts';
import { backoff } from '../../src/webhooks/backoff.ts';
import { EventLog } from '../../src/webhooks/EventLog.ts';
import { Receiver } from '../../src/webhooks/Receiver.ts';
import { WebhookClient } from '../../src/webhooks/WebhookClient.ts';
import { until } from '../support/processes.ts';
import { API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { TestReceiver } from '../support/webhookReceiver.ts';

/* From the log to real receivers, good and bad ones. */

/** ms, so that tests need not wait. */
const TIMES = { first: 5, longest: 40 };

let directory: string;
let store: LmdbStore;
let log: EventLog;
const receivers: TestReceiver[] = [];
const senders: Receiver[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parley-delivery-'));
  await open();
});
afterEach(async () => {
  await shut();
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
  rmSync(directory, { recursive: true, force: true });
});

async function open(kept = 1000): Promise<void> {
  store = await LmdbStore.open(directory);
  log = new EventLog({ store, kept, logger: silentLogger });
}

async function shut(): Promise<void> {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
  await log.close(1000);
  await store.close();
}

async function receiverOf(): Promise<TestReceiver> {
  const receiver = await TestReceiver.open();
  receivers.push(receiver);
  return receiver;
}

async function send(
  to: TestReceiver,
  options: { maxRefusals?: number; timeout?: number } = {},
): Promise<Receiver> {
  const { timeout = 2000, ...rest } = options;
  const guard = new AddressGuard({ allow: true });
  const keys = { apiKey: API_KEY, apiSecret: API_SECRET };
  const client = new WebhookClient({ url: to.url, ...keys, guard, connections: 8, timeout });
  const sender = new Receiver({
    url: to.url,
    client,
    log,
    store,
    times: TIMES,
    logger: silentLogger,
    ...rest,
  });
  senders.push(sender);
  sender.start();
  // It begins with what comes after it.
  await sender.idle();
  return sender;
}

const room = (name: string): LiveKitRoom => ({
  sid: `sid of ${name}`,
  name,
  emptyTimeout: 0,
  departureTimeout: 0,
  maxParticipants: 0,
  metadata: '',
  activeRecording: false,
  creationTime: '1',
  creationTimeMs: '1000',
  numParticipants: 0,
  numPublishers: 0,
});

/** Tells so many events of a room. */
function tell(name: string, count = 1): void {
  for (let i = 0; i < count; i++) log.tell('room_started', { room: room(name) });
}
const seqs = (receiver: TestReceiver, name?: string) =>
  receiver
    .of()
    .filter((event) => name === undefined || event.room?.name === name)
    .map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const got = (receiver: TestReceiver, count: number) =>
  receiver.gets(`${count} events`, () => receiver.of().length === count);

describe('a receiver', () => {
  it('gets each event once, in order, signed', async () => {
    const receiver = await receiverOf();
    await send(receiver);
    tell('a', 50);
    await got(receiver, 50);
    expect(receiver.events.map(({ seq }) => seq)).toEqual(upTo(50));
    expect(receiver.problems).toEqual([]);
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(50);
  });

  it('gets events of many rooms at a time, each room’s in order', async () => {
    const receiver = await receiverOf();
    let [now, most] = [0, 0];
    receiver.answering = (event, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now -= 1;
        response.end();
      }, event.seq % 7);
    };
    await send(receiver);
    for (let i = 0; i < 30; i++) for (const name of ['a', 'b', 'c', 'd']) tell(name);
    await got(receiver, 120);
    expect(most).toBe(4);
    for (const name of ['a', 'b', 'c', 'd']) {
      const inOrder = receiver.events.filter((event) => event.room?.name === name).map(({ seq }) => seq);
      expect(inOrder).toEqual([...inOrder].sort((x, y) => x - y));
      expect(inOrder).toHaveLength(30);
    }
  });

  it('that fails some times gets everything in order all the same', async () => {
    const receiver = await receiverOf();
    let failures = 12;
    receiver.answering = (_, response) => {
      response.statusCode = failures > 0 ? [500, 503, 429][failures % 3]! : 200;
      failures -= 1;
      response.end();
    };
    const sender = await send(receiver);
    tell('a', 20);
    await got(receiver, 20);
    expect(receiver.events.map(({ seq }) => seq)).toEqual(upTo(20));
    await sender.idle();
    expect(sender.status).toMatchObject({ delivered: 20, failed: 12, dropped: 0, pending: 0, problem: null });
  });

  it('that hangs is given up, and asked again', async () => {
    const receiver = await receiverOf();
    let hangs = 2;
    receiver.answering = (_, response) => {
      hangs -= 1;
      if (hangs < 0) response.end();
    };
    const sender = await send(receiver, { timeout: 100 });
    tell('a', 3);
    await got(receiver, 3);
    await until('it is known', () => sender.status.delivered === 3);
    expect(sender.status).toMatchObject({ failed: 2, pending: 0 });
  });

  it('that is away is asked by one request at a time, and says so in its status', async () => {
    const receiver = await receiverOf();
    const sender = await send(receiver);
    await receiver.close();
    for (const name of ['a', 'b', 'c', 'd', 'e']) tell(name);
    await until('it was missed', () => sender.status.failed >= 12);
    expect(sender.status).toMatchObject({ delivered: 0, pending: 5, problem: 'ECONNREFUSED' });
    await receiver.open();
    await got(receiver, 5);
    await until('that is over', () => sender.status.problem === null);
  });

  it('that is dead holds up no other', async () => {
    const [dead, hanging, good] = [await receiverOf(), await receiverOf(), await receiverOf()];
    hanging.answering = () => undefined;
    for (const receiver of [dead, hanging, good]) await send(receiver);
    await dead.close();
    tell('a', 100);
    await got(good, 100);
    expect(seqs(good)).toEqual(upTo(100));
  });

  it('that refuses one event gets those of other rooms, and in the end the next ones of the same', async () => {
    const receiver = await receiverOf();
    receiver.answering = (event, response) => {
      response.statusCode = event.seq === 2 ? 500 : 200;
      response.end();
    };
    const sender = await send(receiver, { maxRefusals: 6 });
    tell('a', 3);
    tell('b', 3);
    await got(receiver, 5);
    expect(seqs(receiver, 'a')).toEqual([1, 3]);
    expect(seqs(receiver, 'b')).toEqual([4, 5, 6]);
    expect(receiver.events.at(-1)?.seq).toBe(3);
    await sender.idle();
    expect(sender.status).toMatchObject({ delivered: 5, failed: 6, dropped: 1 });
  });

  it('goes on where it was after a restart, with what it had not got, and nothing twice', async () => {
    const receiver = await receiverOf();
    receiver.answering = (event, response) => {
      // The first room's event is not taken, others are.
      response.statusCode = event.room?.name === 'a' ? 500 : 200;
      response.end();
    };
    await send(receiver, { maxRefusals: 1_000_000 });
    tell('a', 2);
    tell('b', 3);
    await got(receiver, 3);
    await shut();
    await open();
    tell('b');
    receiver.answering = (_, response) => void response.end();
    await send(receiver);
    await got(receiver, 6);
    expect(seqs(receiver, 'a')).toEqual([1, 2]);
    expect(seqs(receiver, 'b')).toEqual([3, 4, 5, 6]);
    expect(receiver.events).toHaveLength(6);
  });

  it('that answers while the server ends does not get it again', async () => {
    const receiver = await receiverOf();
    let answer: (() => void) | undefined;
    receiver.answering = (_, response) => void (answer = () => response.end());
    await send(receiver);
    tell('a');
    await until('it is asked', () => answer !== undefined);
    const ended = shut();
    answer?.();
    await ended;
    await open();
    receiver.answering = (_, response) => void response.end();
    tell('a');
    await send(receiver);
    await got(receiver, 2);
    expect(receiver.events.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('that does not answer holds up no end', async () => {
    const receiver = await receiverOf();
    receiver.answering = () => undefined;
    await send(receiver, { timeout: 600_000 });
    tell('a');
    await until('it is asked', () => receiver.requests === 1);
    await shut();
    expect(receiver.events).toHaveLength(0);
    await open();
  });

  it('that was away for too long sees a gap, and the rest', async () => {
    await shut();
    await open(10);
    const receiver = await receiverOf();
    const sender = await send(receiver);
    tell('a', 3);
    await got(receiver, 3);
    await Promise.all(senders.splice(0).map((one) => one.close()));
    tell('a', 40);
    await until('they are written', async () => (await log.last()) === 43);
    const again = await send(receiver);
    await got(receiver, 13);
    expect(seqs(receiver)).toEqual([1, 2, 3, ...upTo(43).slice(33)]);
    await again.idle();
    expect(again.status).toMatchObject({ delivered: 10, dropped: 30 });
    expect(sender.status.dropped).toBe(0);
    expect(await log.read(3, 100)).toMatchObject({ first: 34, last: 43, missed: 30 });
  });
});

describe('the log', () => {
  /** A store that is away when it is told to be. */
  const flaky = (isAway: () => boolean): Store => ({
    get: (...args) => store.get(...args),
    list: (...args) => store.list(...args),
    read: (...args) => store.read(...args),
    bounds: (...args) => store.bounds(...args),
    write: (...args) => (isAway() ? Promise.reject(unavailable('away')) : store.write(...args)),
    close: () => Promise.resolve(),
  });

  it('waits for a store that is away, and keeps the order', async () => {
    let isAway = true;
    const waiting = new EventLog({ store: flaky(() => isAway), kept: 1000, logger: silentLogger });
    for (const name of ['a', 'b', 'c']) waiting.tell('room_started', { room: room(name) });
    expect(await waiting.last()).toBe(0);
    isAway = false;
    await until('it is written', async () => (await waiting.last()) === 3);
    const { events } = await waiting.read(0, 10);
    expect(events.map((event) => event.room?.name)).toEqual(['a', 'b', 'c']);
    await waiting.close(1000);
  });

  it('counts what it has no place for, and leaves out its numbers', async () => {
    let isAway = true;
    const waiting = new EventLog({ store: flaky(() => isAway), kept: 100_000, logger: silentLogger });
    for (let i = 0; i < 20_005; i++) waiting.tell('room_started', { room: room('a') });
    expect(waiting.lost).toBe(5);
    isAway = false;
    await until('it is written', async () => (await waiting.last()) === 20_005);
    expect(await waiting.read(0, 1)).toMatchObject({
      first: 6,
      last: 20_005,
      missed: 5,
      events: [{ seq: 6 }],
    });
    await waiting.close(1000);
  });

  it('goes without what cannot be written, and takes the rest', async () => {
    const huge = { ...room('huge'), sid: 'x'.repeat(300_000) };
    log.tell('room_started', { room: room('a') });
    log.tell('room_started', { room: huge });
    log.tell('room_started', { room: room('b') });
    await until('it is written', async () => (await log.last()) >= 2);
    log.tell('room_started', { room: room('c') });
    await until('it goes on', async () => (await log.last()) === 4);
    const { events, missed } = await log.read(0, 10);
    expect(events.map((event) => [event.seq, event.room?.name])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [4, 'c'],
    ]);
    expect(missed).toBe(1);
    expect(log.lost).toBe(1);
  });
});

describe('the time between attempts', () => {
  it('doubles up to the longest, and is up to half shorter by chance', () => {
    const times = { first: 1000, longest: 300_000 };
    const waits = [1, 2, 3, 9, 10, 100].map((failures) => backoff(failures, times, 0));
    expect(waits).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
    expect(backoff(1, times, 1)).toBe(500);
  });
});
