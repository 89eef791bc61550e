import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ERROR_CODES } from '../../src/protocol/errors.ts';
import { HTTP_STATUS } from '../../src/http/httpStatus.ts';
import { badRequest, ParleyError } from '../../src/support/errors.ts';
import { TaskQueue } from '../../src/support/TaskQueue.ts';
import { Throttle } from '../../src/support/Throttle.ts';
import { setListenerErrorHandler, TypedEmitter } from '../../src/support/TypedEmitter.ts';

class Bell extends TypedEmitter<{ ring: [times: number]; silence: [] }> {
  ring(times: number): void {
    this.emit('ring', times);
  }
}

describe('TypedEmitter', () => {
  afterEach(() => setListenerErrorHandler((error) => console.error(error)));

  it('tells every listener until it is taken away', () => {
    const bell = new Bell();
    const heard: number[] = [];
    const off = bell.on('ring', (times) => heard.push(times));
    bell.once('ring', (times) => heard.push(times * 10));
    bell.ring(1);
    off();
    bell.ring(2);
    expect(heard).toEqual([1, 10]);
    expect(bell.listenerCount('ring')).toBe(0);
  });

  it('resolves with the next occurrence', async () => {
    const bell = new Bell();
    const next = bell.next('ring');
    bell.ring(3);
    expect(await next).toEqual([3]);
  });

  it('goes on when a listener throws, and reports it', () => {
    const report = jest.fn();
    setListenerErrorHandler(report);
    const bell = new Bell();
    const heard: number[] = [];
    const error = new Error('broken listener');
    bell.on('ring', () => {
      throw error;
    });
    bell.on('ring', (times) => heard.push(times));
    bell.ring(1);
    expect(heard).toEqual([1]);
    expect(report).toHaveBeenCalledWith(error, 'ring');
  });

  it('lets a listener take itself and others away while it is told', () => {
    const bell = new Bell();
    const heard: string[] = [];
    const offs = [
      bell.on('ring', () => {
        heard.push('first');
        for (const off of offs) off();
      }),
      bell.on('ring', () => heard.push('second')),
    ];
    bell.ring(1);
    bell.ring(1);
    expect(heard).toEqual(['first', 'second']);
  });
});

describe('Throttle', () => {
  let calls = 0;
  let throttle: Throttle;
  beforeEach(() => {
    jest.useFakeTimers();
    calls = 0;
    throttle = new Throttle(() => (calls += 1));
  });
  afterEach(() => {
    throttle.close();
    jest.useRealTimers();
  });

  it('calls at once where it did not call for long, and once for all that comes too early', () => {
    throttle.notWithin(100);
    expect(calls).toBe(1);
    throttle.notWithin(100);
    jest.advanceTimersByTime(50);
    throttle.notWithin(100);
    expect(calls).toBe(1);
    jest.advanceTimersByTime(50);
    expect(calls).toBe(2);
    jest.advanceTimersByTime(1000);
    expect(calls).toBe(2);
  });

  it('keeps the earlier time of two', () => {
    throttle.now();
    throttle.notWithin(1000);
    throttle.notWithin(200);
    throttle.notWithin(500);
    jest.advanceTimersByTime(200);
    expect(calls).toBe(2);
    jest.advanceTimersByTime(1000);
    expect(calls).toBe(2);
  });

  it('does what waits along with an urgent call', () => {
    throttle.now();
    throttle.notWithin(100);
    throttle.now();
    expect(calls).toBe(2);
    jest.advanceTimersByTime(1000);
    expect(calls).toBe(2);
  });

  it('calls no more once closed', () => {
    throttle.now();
    throttle.notWithin(100);
    throttle.close();
    throttle.now();
    throttle.notWithin(0);
    jest.advanceTimersByTime(1000);
    expect(calls).toBe(1);
  });
});

describe('TaskQueue', () => {
  it('runs tasks one after another, also after one that fails', async () => {
    const queue = new TaskQueue();
    const order: number[] = [];
    const slow = queue.push('slow', async () => {
      await Promise.resolve();
      order.push(1);
    });
    const failing = queue.push('failing', () => {
      order.push(2);
      throw badRequest('no');
    });
    const last = queue.push('last', () => order.push(3));
    await slow;
    await expect(failing).rejects.toMatchObject({ code: 'badRequest' });
    await last;
    expect(order).toEqual([1, 2, 3]);
  });

  it('rejects what waits and what comes once closed', async () => {
    const queue = new TaskQueue();
    const running = queue.push('running', () => new Promise(() => undefined));
    const waiting = queue.push('waiting', () => 'never');
    queue.close();
    queue.close();
    await expect(running).rejects.toMatchObject({ code: 'invalidState' });
    await expect(waiting).rejects.toMatchObject({ code: 'invalidState', message: 'waiting: closed' });
    await expect(queue.push('late', () => 1)).rejects.toMatchObject({ code: 'invalidState' });
    expect(queue.size).toBe(0);
  });
});

describe('ParleyError', () => {
  it('travels and comes back the same', () => {
    const error = badRequest('wrong', { details: ['room: too long'] });
    const back = ParleyError.fromWire(
      JSON.parse(JSON.stringify(error.toWire())) as ReturnType<ParleyError['toWire']>,
    );
    expect([back.code, back.message, back.details]).toEqual(['badRequest', 'wrong', ['room: too long']]);
  });

  it('becomes internal when its code is not of the protocol', () => {
    expect(ParleyError.fromWire({ code: 'weird' as never, message: 'x' }).code).toBe('internal');
  });

  it('has an HTTP status for every code', () => {
    for (const code of ERROR_CODES) expect(HTTP_STATUS[code]).toBeGreaterThanOrEqual(400);
  });
});
