import { ParleyError } from '../../src/support/errors.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import type { RemoteEndpoint } from '../endpoint/remoteEndpoint.ts';
import type { JoinObserver } from './Target.ts';

/** Connects a transport, tells how long ICE and DTLS took; a failure is reported by its phase, and thrown. */
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
    const code = error instanceof ParleyError ? error.code : 'internal';
    if (!endpoint.closed) observer.error(phase, code, error instanceof Error ? error.message : String(error));
    throw error;
  }
}
