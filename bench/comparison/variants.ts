import { startJanus } from '../../loadtest/servers/startJanus.ts';
import { startMediasoup } from '../../loadtest/servers/startMediasoup.ts';
import { startParley } from '../../loadtest/servers/startParley.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';

/** Media workers, and event loops of a tuned Janus. */
const THREADS = 2;

/** A server as it is set up, and how bots treat it. */
export interface Variant {
  name: string;
  start(address: string): Promise<ServerUnderTest>;
  /** Whether bots answer transport-wide feedback; Janus asks for none. */
  transportCc: boolean;
}

export const PARLEY = 'parley';
export const BARE = 'mediasoup';
export const JANUS = 'janus as shipped';
export const JANUS_TUNED = `janus, ${THREADS} event loops`;

/** Without its policies, which forward less than the others do. */
const parley = (address: string): Promise<ServerUnderTest> =>
  startParley({ address, workers: THREADS, forwarding: { policies: false } });
const mediasoup = (address: string): Promise<ServerUnderTest> =>
  startMediasoup({ address, workers: THREADS });

/** All of them do AEAD_AES_128_GCM, because the bots offer nothing else. */
export const variants: readonly Variant[] = [
  { name: PARLEY, start: parley, transportCc: false },
  { name: BARE, start: mediasoup, transportCc: false },
  { name: JANUS, start: (address) => startJanus({ address }), transportCc: false },
  {
    name: JANUS_TUNED,
    start: (address) => startJanus({ address, eventLoops: THREADS }),
    transportCc: false,
  },
];

/** Those with transport-wide feedback, under the same names. */
export const feedbackVariants: readonly Variant[] = [
  { name: PARLEY, start: parley, transportCc: true },
  { name: BARE, start: mediasoup, transportCc: true },
];
