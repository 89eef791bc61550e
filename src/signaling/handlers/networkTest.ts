import { randomUUID } from 'node:crypto';
import { invalidState, unavailable } from '../../support/errors.ts';
import type { Handlers } from '../dispatch.ts';

/** Requests of somebody who has not joined and wants to know whether media would get through. */
export const networkTestHandlers: Pick<
  Handlers,
  'openNetworkTest' | 'connectNetworkTest' | 'measureNetwork' | 'closeNetworkTest'
> = {
  async openNetworkTest(session, { room, token, region, placed }, isLate) {
    if (session.seated) throw invalidState('this socket has joined already');
    const { services } = session;
    await services.tokens.grantFor(room, token);
    if (services.drain.begun) throw unavailable('the server is about to end; try again in a moment');
    // Of the node that would serve the call.
    if (!placed) await services.placement.assertHere(room, region);
    const iceServers = services.iceServersFor(`test-${randomUUID()}`);
    session.tests(undefined);
    const test = await services.networkTests.open(session.address, iceServers.some(hasRelay));
    if (session.closed || isLate()) {
      test.close();
      throw invalidState('nobody waits for this test any more');
    }
    session.tests(test);
    return { ...test.info(), iceServers, ports: services.networkTests.ports };
  },

  async connectNetworkTest(session, { transportId, dtlsParameters }) {
    await session.networkTest.find(transportId).connect(dtlsParameters);
    return {};
  },

  measureNetwork(session, { transportId, direction }) {
    const way = session.networkTest.find(transportId);
    return direction === 'up' ? way.uplink() : way.downlink();
  },

  closeNetworkTest(session) {
    session.tests(undefined);
    return {};
  },
};

const hasRelay = ({ urls }: { urls: string | string[] }): boolean =>
  [urls].flat().some((url) => url.startsWith('turn'));
