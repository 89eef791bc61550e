import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { listenAddresses } from '../workers/listenAddresses.ts';
import { isLoopback, isPrivate, unbracketed } from './addressRanges.ts';
import type { DoctorSettings, Facts } from './facts.ts';
import { announcedBy, describe } from './probes/announced.ts';
import { openFileLimit } from './probes/portOwner.ts';
import { certificatesOnDisk } from './probes/readCertificates.ts';

/** What can be known of a server without touching the network: for its own start. */
export type LocalFacts = Pick<
  Facts,
  | 'settings'
  | 'askedUrl'
  | 'isHere'
  | 'audience'
  | 'interfaces'
  | 'announced'
  | 'certificates'
  | 'tls'
  | 'fileLimit'
  | 'ways'
  | 'relays'
>;

export function gatherLocalFacts(settings: DoctorSettings): LocalFacts {
  const interfaces = networkInterfaces();
  const listening = listenAddresses(settings.announcedAddresses, interfaces);
  const host = clientsHost(settings);
  return {
    settings,
    askedUrl: undefined,
    isHere: true,
    audience: audienceBy(settings, host, host !== undefined && isIP(host) ? [host] : []),
    interfaces,
    announced: announcedBy(listening).map((address) => describe(address, [address], interfaces)),
    ...certificatesOnDisk(settings, undefined),
    fileLimit: openFileLimit('self'),
    ways: [],
    relays: [],
  };
}

/** The host of the URL by which clients come. */
export function clientsHost({ publicUrl }: DoctorSettings, askedUrl?: string): string | undefined {
  const url = askedUrl ?? publicUrl;
  return url === undefined ? undefined : unbracketed(new URL(url).hostname);
}

/**
 * Who comes, by the host of their URL or else by where pages are served.
 *
 * @param addresses Of the host by which clients come, as far as they are known: a name alone does not tell.
 */
export function audienceBy(
  settings: DoctorSettings,
  host: string | undefined,
  addresses: readonly string[],
): Facts['audience'] {
  const name = host ?? settings.host;
  if (name !== undefined && isLoopback(name)) return 'machine';
  return host !== undefined && addresses.some((address) => !isPrivate(address)) ? 'internet' : 'network';
}
