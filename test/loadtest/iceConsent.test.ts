import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { IceAgent } from '../../loadtest/endpoint/IceAgent.ts';
import type { RemoteEndpoint } from '../../loadtest/endpoint/remoteEndpoint.ts';
import { bindingSuccess } from '../../loadtest/endpoint/stun.ts';

const remote: RemoteEndpoint = {
  address: '127.0.0.1',
  port: 9,
  usernameFragment: 'u',
  password: 'p',
  fingerprint: '',
  iceRole: 'controlling',
  lite: true,
};

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the consent of the other side', () => {
  it('expires 30 s after its last answer, and comes back with the next', async () => {
    let answers = true;
    let expired = 0;
    const agent = new IceAgent({
      send: (datagram) => {
        if (!answers) return;
        const answer = bindingSuccess(Buffer.from(datagram.subarray(8, 20)), remote, remote.password);
        void Promise.resolve().then(() => agent.receive(answer, performance.now()));
      },
      onRoundTrip: () => undefined,
      onExpired: () => expired++,
    });
    await agent.connect(remote, 1000);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(expired).toBe(0);
    answers = false;
    await jest.advanceTimersByTimeAsync(29_000);
    expect(expired).toBe(0);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(expired).toBeGreaterThan(0);
    answers = true;
    await jest.advanceTimersByTimeAsync(10_000);
    const before = expired;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(expired).toBe(before);
    agent.close();
  });
});
