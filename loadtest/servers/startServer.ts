import { badRequest } from '../../src/support/errors.ts';
import type { TargetKind } from '../scenario/scenario.ts';
import type { ServerUnderTest } from './ServerUnderTest.ts';
import { startJanus } from './startJanus.ts';
import { startMediasoup } from './startMediasoup.ts';
import { startParley, type ForwardingOptions } from './startParley.ts';

/** Starts a server of a kind on this machine; `forwarding` is for Parley alone. @throws ParleyError `unavailable`, `badRequest`. */
export function startServer(
  target: TargetKind,
  forwarding: ForwardingOptions = {},
): Promise<ServerUnderTest> {
  switch (target) {
    case 'parley':
      return startParley({ forwarding });
    case 'mediasoup':
      return startMediasoup();
    case 'janus':
      return startJanus();
    case 'whip':
    case 'whep':
      return Promise.reject(badRequest(`there is no server of ${target} to start`));
  }
}
