import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { browserHandler, warmUp } from '../../client/lib/browserHandler.ts';

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const SDP = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';

const createOffer = jest.fn<() => Promise<{ sdp: string }>>();

class FakeConnection {
  addTransceiver = jest.fn();
  createOffer = createOffer;
  close = jest.fn();
}

beforeEach(() => {
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: CHROME }, configurable: true });
  Object.defineProperty(globalThis, 'RTCPeerConnection', { value: FakeConnection, configurable: true });
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'navigator');
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
});

it('asks the browser once for each direction, and again only after a failure', async () => {
  createOffer.mockRejectedValueOnce(new Error('out of peer connections'));
  createOffer.mockResolvedValue({ sdp: SDP });
  await warmUp();
  expect(createOffer).toHaveBeenCalledTimes(1);
  await warmUp();
  await warmUp();
  expect(createOffer).toHaveBeenCalledTimes(3);
  const handler = browserHandler();
  expect(handler?.name).toBe('Chrome111');
  await handler?.getNativeRtpCapabilities({ direction: 'sendonly' });
  expect(createOffer).toHaveBeenCalledTimes(3);
});
