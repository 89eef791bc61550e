import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeUpFrame, encodeDataFrame, MAX_DATA_FRAME } from '../../src/protocol/dataFrame.ts';
import { forbidden } from '../../src/support/errors.ts';
import type { FakeChannel } from './support/fakeHandlers.ts';
import { RoomHarness } from './support/RoomHarness.ts';
import { pause, until } from './support/until.ts';

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

function upstream(reliable: boolean): FakeChannel | undefined {
  return harness.handlers.transport('send').channels.find((channel) => channel.ordered === reliable);
}

function downstream(reliable: boolean): FakeChannel {
  return harness.handlers.transport('recv').channels.find((channel) => channel.ordered === reliable)!;
}

describe('data messages upstream', () => {
  it('open their channel with the first message, once', async () => {
    const room = await harness.connect();
    expect(harness.server.calls('produceData')).toEqual([]);
    await Promise.all([room.sendData('one'), room.sendData('two')]);
    await room.sendData('three', { reliable: false });
    expect(harness.server.calls('produceData')).toHaveLength(2);
    expect(upstream(false)?.maxRetransmits).toBe(0);
    expect(upstream(true)?.sent).toHaveLength(2);
    expect(upstream(false)?.sent).toHaveLength(1);
  });

  it('carry strings, bytes and JSON, topic and addressees', async () => {
    const room = await harness.connect();
    await room.sendData('hi', { topic: 'greeting', to: ['ada'] });
    await room.sendData(new Uint8Array([1, 2, 3]));
    await room.sendData(new Uint8Array([9, 1, 2]).buffer);
    await room.sendData({ x: 1 });
    await room.sendData(null);
    const frames = upstream(true)!.sent.map((frame) => decodeUpFrame(frame)!);
    expect(frames.map(({ header }) => header)).toEqual([
      { format: 'text', topic: 'greeting', to: ['ada'] },
      { format: 'bytes' },
      { format: 'bytes' },
      { format: 'json' },
      { format: 'json' },
    ]);
    expect([...frames[1]!.payload]).toEqual([1, 2, 3]);
    expect([...frames[2]!.payload]).toEqual([9, 1, 2]);
    expect(new TextDecoder().decode(frames[3]!.payload)).toBe('{"x":1}');
  });

  it('are refused when too large, without JSON form or with a long topic', async () => {
    const room = await harness.connect();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const [payload, topic] of [
      [new Uint8Array(MAX_DATA_FRAME), undefined],
      [undefined, undefined],
      [() => 1, undefined],
      [circle, undefined],
      ['x', 'x'.repeat(129)],
    ] as const) {
      await expect(room.sendData(payload, topic === undefined ? {} : { topic })).rejects.toMatchObject({
        code: 'badRequest',
      });
    }
    expect(harness.server.calls('produceData')).toEqual([]);
  });

  it('are refused with the server’s code', async () => {
    const room = await harness.connect();
    harness.server.on('produceData', () => {
      throw forbidden('you may only listen');
    });
    await expect(room.sendData('x')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('has no channel when connected without', async () => {
    harness.server.on('join', (_, usual) => {
      const answer = usual();
      return { ...answer, media: { ...answer.media, dataConsumers: [] } };
    });
    const room = await harness.connect({ data: false });
    expect(harness.server.calls('join')).toMatchObject([{ data: false }]);
    await expect(room.sendData('x')).rejects.toMatchObject({ code: 'invalidState' });
    await room.sendChat('still here');
    expect(harness.server.calls('resumeData')).toEqual([]);
  });

  it('wait while much is buffered when reliable, in order, and are dropped when not', async () => {
    const room = await harness.connect();
    await room.sendData('open');
    await room.sendData('open', { reliable: false });
    const [reliable, lossy] = [upstream(true)!, upstream(false)!];
    reliable._bufferedAmount = lossy._bufferedAmount = 2_000_000;
    const sending = Promise.all([room.sendData('a'), room.sendData('b')]);
    await room.sendData('late', { reliable: false });
    await pause(20);
    expect([reliable.sent.length, lossy.sent.length]).toEqual([1, 1]);
    reliable._bufferedAmount = 0;
    reliable.dispatchEvent({ type: 'bufferedamountlow' });
    await sending;
    expect(reliable.sent.map((frame) => new TextDecoder().decode(decodeUpFrame(frame)!.payload))).toEqual([
      'open',
      'a',
      'b',
    ]);
  });

  it('reject with `invalidState` when the room closes while they wait', async () => {
    const room = await harness.connect();
    await room.sendData('open');
    upstream(true)!._bufferedAmount = 2_000_000;
    const sending = expect(room.sendData('a')).rejects.toMatchObject({ code: 'invalidState' });
    await room.leave();
    await sending;
  });

  it('go over the new channel after a media reset', async () => {
    const room = await harness.connect();
    await room.sendData('before');
    harness.server.resetMedia();
    await until(() => harness.handlers.transports.length === 4);
    await room.sendData('after');
    expect(harness.server.calls('produceData')).toHaveLength(2);
    expect(upstream(true)?.sent).toHaveLength(1);
  });
});

describe('data messages downstream', () => {
  it('are asked for once both channels are open', async () => {
    await harness.connect();
    await until(() => harness.server.calls('resumeData').length === 1);
    expect(harness.handlers.transport('recv').channels).toHaveLength(2);
  });

  it('arrive as what they were', async () => {
    await harness.connect();
    await until(() => harness.server.calls('resumeData').length === 1);
    const send = (reliable: boolean, frame: Uint8Array): void =>
      downstream(reliable).dispatchEvent({ type: 'message', data: frame });
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    send(true, encodeDataFrame({ format: 'text', from: 'ada', topic: 't' }, encode('hi')));
    send(false, encodeDataFrame({ format: 'json', from: 'ada' }, encode('{"x":1}')));
    send(true, encodeDataFrame({ format: 'bytes', from: 'ada' }, new Uint8Array([7])));
    send(true, encodeDataFrame({ format: 'json', from: 'ada' }, encode('{')));
    send(true, new Uint8Array([1, 255, 255]));
    downstream(true).dispatchEvent({ type: 'message', data: 'text' });
    expect(harness.told.map(({ event, args }) => [event, args[0]])).toEqual([
      ['data', { from: 'ada', topic: 't', payload: 'hi', reliable: true }],
      ['data', { from: 'ada', topic: undefined, payload: { x: 1 }, reliable: false }],
      ['data', { from: 'ada', topic: undefined, payload: new Uint8Array([7]), reliable: true }],
    ]);
  });
});
