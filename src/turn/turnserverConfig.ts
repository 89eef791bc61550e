import { join } from 'node:path';
import { isLoopback, type RelayPlan } from './relayPlan.ts';

/** Ports of a TURN server. */
export interface TurnPorts {
  /** UDP and TCP. */
  port: number;
  /** TLS over TCP; undefined without a certificate. */
  tlsPort: number | undefined;
  /** UDP, from which it sends to its peers. */
  relay: { min: number; max: number };
}

export interface TurnserverConfigOptions {
  plan: RelayPlan;
  ports: TurnPorts;
  secret: string;
  realm: string;
  /** Where its files are. */
  directory: string;
}

/** Names of the files in its directory. */
export const CERTIFICATE_FILE = 'cert.pem';
export const KEY_FILE = 'key.pem';

/**
 * Allocations of one participant at a time: two transports, three addresses of the server, two networks of the client, and all
 * of it twice while ICE restarts or media moves.
 */
export const USER_QUOTA = 48;

/**
 * coturn's configuration for a TURN server that relays to the media server and to nowhere else, in the words that 4.6
 * understands.
 */
export function turnserverConfig({ plan, ports, secret, realm, directory }: TurnserverConfigOptions): string {
  const { listening, relayIp, mappings, allowed } = plan;
  const { port, tlsPort, relay } = ports;
  const tls =
    tlsPort === undefined
      ? ['no-tls']
      : [
          `tls-listening-port=${tlsPort}`,
          `cert=${join(directory, CERTIFICATE_FILE)}`,
          `pkey=${join(directory, KEY_FILE)}`,
          'no-tlsv1',
          'no-tlsv1_1',
        ];
  return [
    ...listening.map((ip) => `listening-ip=${ip}`),
    `listening-port=${port}`,
    ...tls,
    // No browser speaks TURN over DTLS.
    'no-dtls',
    // A single one, and so a single family: a relay between families is CVE-2026-27624.
    `relay-ip=${relayIp}`,
    `min-port=${relay.min}`,
    `max-port=${relay.max}`,
    // What clients name is taken for the local address before it is looked up below.
    ...mappings.map(({ announced, local }) => `external-ip=${announced}/${local}`),
    // coturn asks for allowed ones first, so the denied ranges need no holes.
    ...allowed.map((ip) => `allowed-peer-ip=${ip}`),
    'denied-peer-ip=0.0.0.0-255.255.255.255',
    'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'no-multicast-peers',
    // Refused otherwise whatever else is allowed; for a media server that is on loopback itself.
    ...(allowed.some(isLoopback) ? ['allow-loopback-peers'] : []),
    'no-tcp-relay',
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    `realm=${realm}`,
    'stale-nonce=600',
    'fingerprint',
    `user-quota=${USER_QUOTA}`,
    `total-quota=${relay.max - relay.min + 1}`,
    // An empty one: that of a coturn which is installed beside it may hold other secrets, users and addresses.
    'userdb=:memory:',
    'no-auth-pings',
    'no-dynamic-ip-list',
    'no-dynamic-realms',
    'no-cli',
    'no-software-attribute',
    'no-rfc5780',
    'no-stun-backward-compatibility',
    'response-origin-only-with-rfc5780',
    'log-file=stdout',
    'simple-log',
    `pidfile=${join(directory, 'turnserver.pid')}`,
    '',
  ].join('\n');
}
