import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { askRedis } from '../cluster/redis/askRedis.ts';
import { shownUrl } from '../cluster/redis/redisUrl.ts';
import { listenAddresses } from '../workers/listenAddresses.ts';
import { isLoopback, isPrivate, unbracketed } from './addressRanges.ts';
import type { ClockFact, DoctorSettings, Facts } from './facts.ts';
import { findProgram } from '../support/findProgram.ts';
import { announcedBy, describe, interfaceOf, offeredBy } from './probes/announced.ts';
import { askHealth } from './probes/askHealth.ts';

import { startWorkers, visitWorkers, type MediaTargets } from './probes/findMediaTargets.ts';
import { openFileLimit, portOwner } from './probes/portOwner.ts';
import { mediaPortsOf, portPlaces } from './probes/portPlaces.ts';
import { relaysOf, waysOf } from './probes/probeTargets.ts';
import { certificatesOf, certificatesOnDisk } from './probes/readCertificates.ts';
import { resolver, type Resolve } from './probes/resolver.ts';
import { tryPorts } from './probes/tryPorts.ts';

export interface GatherOptions {
  settings: DoctorSettings;
  /** By which clients come; without, the server of the settings on this machine is looked at. */
  url: string | undefined;
  /** A token for a room, where the server lets nobody in without. */
  tokenFor: (room: string) => Promise<string | undefined>;
  /** Where the server writes. */
  directories: readonly { use: string; path: string }[];
}

/** ms by which a clock that Redis tells may be off. */
const REDIS_ACCURACY = 500;

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
  return {
    settings,
    askedUrl: undefined,
    isHere: true,
    audience: audienceOf(settings, undefined),
    interfaces,
    announced: announcedBy(listening).map((address) => describe(address, [address], interfaces)),
    ...certificatesOnDisk(settings, undefined),
    fileLimit: openFileLimit('self'),
    ways: [],
    relays: [],
  };
}

/** Finds out all that the checks look at, over the network where it has to. */
export async function gatherFacts(options: GatherOptions): Promise<Facts> {
  const { settings, url: askedUrl, directories } = options;
  const interfaces = networkInterfaces();
  const resolve = resolver();
  const url = askedUrl ?? ownUrl(settings);
  const isHere = url === undefined || (await leadsHere(url, resolve, interfaces));
  const health = url === undefined ? undefined : await askHealth(url);
  const server = health?.server ?? { state: 'absent', url, reason: 'its port is made up at each start' };
  const listening = isHere ? listenAddresses(settings.announcedAddresses, interfaces) : [];
  const ports = isHere && server.state === 'absent' ? await portPlaces(settings, listening) : undefined;
  const conflicts = ports ? await tryPorts(ports) : [];
  const media: MediaTargets =
    server.state === 'running'
      ? await visitWorkers({ ...options, url: server.url, mediaPorts: server.mediaPorts })
      : await withoutServer(isHere, {
          ports: mediaPortsOf(ports ?? []),
          addresses: listening,
          taken: conflicts,
        });
  const { targets, ...failures } = media;
  try {
    const offered = await offeredBy(targets);
    const names = offered.length > 0 ? offered : announcedBy(listening);
    const announced = await Promise.all(
      names.map(async (address) => describe(address, await resolve(address), interfaces)),
    );
    const ways = await waysOf(targets, resolve);
    const [relays, redis, certificates, disks] = await Promise.all([
      relaysOf(targets, settings, ways, resolve),
      redisOf(settings),
      certificatesOf(settings, isHere, askedUrl, server.state === 'running' ? server.url : undefined),
      Promise.all((isHere ? directories : []).map(withFreeSpace)),
    ]);
    const clocks: ClockFact[] = [
      ...redis.clocks,
      // One's own clock is not ahead of itself.
      ...(health?.clock && (askedUrl !== undefined || !isHere) ? [health.clock] : []),
    ];
    return {
      settings,
      askedUrl,
      isHere,
      audience: audienceOf(settings, askedUrl),
      interfaces,
      server,
      ...failures,
      announced,
      ways,
      ports: conflicts,
      relays,
      ...certificates,
      clocks,
      fileLimit: isHere ? fileLimitOf(settings, server.state === 'running') : undefined,
      directories: disks,
      redis: redis.fact,
      socketBuffers: { receive: kernelNumber('rmem_max'), send: kernelNumber('wmem_max') },
      ffmpeg: findProgram('ffmpeg'),
      nodeVersion: process.versions.node,
    };
  } finally {
    await Promise.all(targets.map((target) => target.close()));
  }
}

/** Where the settings say that pages are served, as this machine reaches them. */
function ownUrl({ port, host, https, tlsCert }: DoctorSettings): string | undefined {
  if (port === 0) return undefined;
  const isAnywhere = host === undefined || host === '0.0.0.0' || host === '::';
  const name = isAnywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${https || tlsCert !== undefined ? 'https' : 'http'}://${name}:${port}`;
}

function audienceOf({ host, publicUrl }: DoctorSettings, askedUrl: string | undefined): Facts['audience'] {
  const url = askedUrl ?? publicUrl;
  if (url !== undefined) {
    const name = unbracketed(new URL(url).hostname);
    if (isLoopback(name)) return 'machine';
    // A name without an address in it is for whoever knows it; only addresses tell that they are private.
    return isIP(name) && isPrivate(name)
      ? 'network'
      : isIP(name) || name.includes('.')
        ? 'internet'
        : 'network';
  }
  return host !== undefined && isLoopback(host) ? 'machine' : 'network';
}

async function leadsHere(url: string, resolve: Resolve, interfaces: Facts['interfaces']): Promise<boolean> {
  const name = unbracketed(new URL(url).hostname);
  if (isLoopback(name)) return true;
  const addresses = await resolve(name);
  return addresses.some((address) => isLoopback(address) || interfaceOf(address, interfaces) !== undefined);
}

async function withoutServer(
  isHere: boolean,
  options: Parameters<typeof startWorkers>[0],
): Promise<MediaTargets> {
  if (isHere) return startWorkers(options);
  return {
    targets: [],
    joinFailure: undefined,
    workerFailure: undefined,
    mediaFailure: 'the server cannot be asked where it takes media',
  };
}

async function redisOf({ redisUrl }: DoctorSettings): Promise<{ fact: Facts['redis']; clocks: ClockFact[] }> {
  if (redisUrl === undefined) return { fact: undefined, clocks: [] };
  const shown = shownUrl(redisUrl);
  try {
    const { version, time, askedAt } = await askRedis(redisUrl);
    const clock = {
      source: 'the clock of Redis',
      ahead: Math.round(askedAt - time),
      accuracy: REDIS_ACCURACY,
    };
    return { fact: { isReachable: true, shownUrl: shown, version }, clocks: [clock] };
  } catch (error) {
    return { fact: { isReachable: false, shownUrl: shown, reason: (error as Error).message }, clocks: [] };
  }
}

function fileLimitOf({ port }: DoctorSettings, isRunning: boolean): number | undefined {
  const owner = isRunning ? portOwner('tcp', port) : undefined;
  return openFileLimit(owner?.pid ?? 'self');
}

async function withFreeSpace({ use, path }: { use: string; path: string }) {
  try {
    const { bavail, bsize } = await statfs(path);
    return { use, path, free: bavail * bsize };
  } catch {
    return { use, path, free: undefined };
  }
}

function kernelNumber(name: 'rmem_max' | 'wmem_max'): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/net/core/${name}`, 'utf8'));
  } catch {
    return undefined;
  }
}
