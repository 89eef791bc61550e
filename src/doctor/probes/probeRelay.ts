import type { RelayFact, RelayOutcome } from '../facts.ts';
import { turnFraming } from '../links/framing.ts';
import { checkIce } from '../links/iceCheck.ts';
import type { Link } from '../links/link.ts';
import { askStun } from '../links/request.ts';
import { StreamLink } from '../links/StreamLink.ts';
import {
  ATTRIBUTE,
  decodeAddress,
  encodeStun,
  isSuccess,
  MESSAGE,
  newTransactionId,
  type Endpoint,
} from '../links/stunMessage.ts';
import { TurnClient, TurnRefusal, type TurnLogin } from '../links/TurnClient.ts';
import { UdpLink } from '../links/UdpLink.ts';
import type { ProbedTransport } from './mediaTarget.ts';
import type { Resolve } from './resolver.ts';

/** ms. */
const DEADLINE = 3000;
/** RFC 8656 section 19: what the server says to a wrong credential, and to a peer that it may not relay to. */
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** RFC 7064 and RFC 7065. */
const URL_PATTERN = /^(stuns?|turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/;
const DEFAULT_PORTS = { stun: 3478, turn: 3478, stuns: 5349, turns: 5349 } as const;

/** What is relayed to: a media port's address, and how it is asked. */
export interface RelayedMedia {
  endpoint: Endpoint;
  login: ProbedTransport['iceParameters'];
}

interface RelayOptions {
  url: string;
  login: TurnLogin;
  /** Undefined where there is none to relay to. */
  media: RelayedMedia | undefined;
  resolve: Resolve;
}

/** Goes by one URL of a STUN or TURN server as far as it leads. */
export async function probeRelay({ url, login, media, resolve }: RelayOptions): Promise<RelayFact> {
  const [, scheme = '', host = '', port, transport] = URL_PATTERN.exec(url) ?? [];
  const name = host.replace(/^\[|\]$/g, '');
  const told = (outcome: RelayOutcome, detail = '', mapped?: string): RelayFact => ({
    url,
    outcome,
    detail,
    mapped,
  });
  if (!isScheme(scheme)) return told('unresolved', 'it is not a URL of a STUN or TURN server');
  const [address] = await resolve(name);
  if (address === undefined) return told('unresolved', `the name ${name} leads nowhere`);
  const endpoint = { address, port: Number(port ?? DEFAULT_PORTS[scheme]) };
  let link: Link;
  try {
    link = await openLink(endpoint, { isTls: scheme.endsWith('s'), isTcp: transport === 'tcp', name });
  } catch (error) {
    return told('unreachable', (error as Error).message);
  }
  const distrust = link instanceof StreamLink ? link.distrust : undefined;
  try {
    const mapped = await mappedBy(link);
    if (distrust !== undefined) return told('untrusted', distrust, mapped);
    if (scheme.startsWith('stun')) return told('answers', '', mapped);
    return { ...(await relayOver(link, url, login, media)), mapped };
  } catch (error) {
    return told('unreachable', (error as Error).message);
  } finally {
    link.close();
  }
}

async function relayOver(
  link: Link,
  url: string,
  login: TurnLogin,
  media: RelayedMedia | undefined,
): Promise<Omit<RelayFact, 'mapped'>> {
  const client = new TurnClient(link, login, DEADLINE);
  try {
    try {
      await client.allocate(media?.endpoint.address.includes(':') ? 'ipv6' : 'ipv4');
    } catch (error) {
      if (!(error instanceof TurnRefusal)) throw error;
      return { url, outcome: refusalOf(error, login), detail: error.message };
    }
    if (!media) return { url, outcome: 'answers', detail: '' };
    try {
      const relay = await client.relayTo(media.endpoint);
      await checkIce(relay, media.login, DEADLINE);
      return { url, outcome: 'relays', detail: '' };
    } catch (error) {
      const forbids = error instanceof TurnRefusal && error.code === FORBIDDEN;
      return { url, outcome: forbids ? 'forbidsMedia' : 'relaysNothing', detail: (error as Error).message };
    }
  } finally {
    await client.close();
  }
}

/** A TURN server says the same to a wrong password and to a user name whose time is over. */
function refusalOf({ code }: TurnRefusal, { username }: TurnLogin): RelayOutcome {
  if (code !== UNAUTHORIZED) return 'refused';
  // `<unix time of expiry>:<id>` (draft-uberti-behave-turn-rest-00 section 2.2).
  const expiry = /^(\d{9,12})(?::|$)/.exec(username)?.[1];
  return expiry !== undefined && Number(expiry) * 1000 < Date.now() ? 'expired' : 'wrongCredential';
}

/** Where the server sees this machine; undefined where it does not say. */
async function mappedBy(link: Link): Promise<string | undefined> {
  const request = encodeStun(MESSAGE.bindingRequest, newTransactionId(), []);
  const { message } = await askStun(link, request, { deadline: DEADLINE });
  const mapped = message.attributes.get(ATTRIBUTE.xorMappedAddress);
  return isSuccess(message) && mapped ? decodeAddress(mapped, message.transactionId).address : undefined;
}

function openLink(
  endpoint: Endpoint,
  { isTls, isTcp, name }: { isTls: boolean; isTcp: boolean; name: string },
): Promise<Link> {
  if (!isTls && !isTcp) return UdpLink.open(endpoint);
  const options = { framing: turnFraming, deadline: DEADLINE };
  return StreamLink.open(endpoint, isTls ? { ...options, serverName: name } : options);
}

function isScheme(scheme: string): scheme is keyof typeof DEFAULT_PORTS {
  return Object.hasOwn(DEFAULT_PORTS, scheme);
}
