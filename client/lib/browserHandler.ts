import { detectDevice, type types } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import { Chrome74 } from 'mediasoup-client/handlers/Chrome74';
import { Firefox120 } from 'mediasoup-client/handlers/Firefox120';
import { Safari12 } from 'mediasoup-client/handlers/Safari12';

const HANDLERS: Record<string, { createFactory: (options: object) => types.HandlerFactory }> = {
  Chrome111,
  Chrome74,
  Firefox120,
  Safari12,
};

let known: types.HandlerFactory | undefined;

/**
 * mediasoup-client's handler for this browser, which finds out once per page what the browser can do: that takes two
 * peer connections, and a tenth of a second in which a person waits. Undefined in surroundings that mediasoup-client
 * has to detect by itself.
 */
export function browserHandler(): types.HandlerFactory | undefined {
  const handler = HANDLERS[detectDevice() ?? ''];
  return (known ??= handler && askedOnce(handler.createFactory({})));
}

/**
 * Gets the browser's WebRTC going, in the time in which a person looks at the preview: the first peer connections of a
 * page start threads and ask for all codecs, which `connect()` would otherwise wait for. Never rejects.
 */
export async function warmUp(): Promise<void> {
  try {
    const handler = browserHandler();
    await handler?.getNativeRtpCapabilities({ direction: 'recvonly' });
    await handler?.getNativeRtpCapabilities({ direction: 'sendonly' });
  } catch {
    // `connect()` says what this browser lacks.
  }
}

function askedOnce(factory: types.HandlerFactory): types.HandlerFactory {
  const answers = new Map<string, Promise<types.RtpCapabilities>>();
  return {
    ...factory,
    getNativeRtpCapabilities({ direction }) {
      const known = answers.get(direction);
      if (known) return known;
      const answer = factory.getNativeRtpCapabilities({ direction });
      answers.set(direction, answer);
      answer.catch(() => answers.delete(direction));
      return answer;
    },
  };
}
