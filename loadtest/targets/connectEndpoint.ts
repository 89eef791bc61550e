import type { Endpoint } from '../endpoint/Endpoint.ts';
import type { RemoteEndpoint } from '../endpoint/remoteEndpoint.ts';
import { codedError } from './step.ts';
import type { JoinObserver } from './Target.ts';

/** Connects a transport, tells how long ICE and DTLS took, and which of them failed. */
export async function connectEndpoint(
  observer: JoinObserver,
  endpoint: Endpoint,
  remote: RemoteEndpoint,
): Promise<void> {
  let phase = 'ice';
  try {
    const { dtls } = await endpoint.connect(remote, (took) => {
      phase = 'dtls';
      observer.ice(took);
    });
    observer.dtls(dtls);
  } catch (error) {
    const { code, message } = codedError(error);
    observer.error(phase, code, message);
    throw error;
  }
}
