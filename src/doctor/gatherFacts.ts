import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { askRedis } from '../cluster/redis/askRedis.ts';
import { shownUrl } from '../cluster/redis/redisUrl.ts';
import { listenAddresses } from '../workers/listenAddresses.ts';
import { isLoopback, unbracketed } from './addressRanges.ts';
import { audienceBy, clientsHost } from './localFacts.ts';
import type { ClockFact, DoctorSettings, Facts, RunningServer, ServerFact } from './facts.ts';
import { findProgram } from '../support/findProgram.ts';
import { announcedBy, describe, interfaceOf, offeredBy } from './probes/announced.ts';
import { askHealth } from './probes/askHealth.ts';

import { startWorkers, visitWorkers, type MediaTargets } from './probes/findMediaTargets.ts';
import { openFileLimit, portOwner } from './probes/portOwner.ts';
import { mediaPortsOf, portPlaces } from './probes/portPlaces.ts';
import { relaysOf, waysOf } from './probes/probeTargets.ts';
import { certificatesOf } from './probes/readCertificates.ts';
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

/** Finds out all that the checks look at, over the network where it has to. */
export async function gatherFacts(options: GatherOptions): Promise<Facts> {
  const { settings, url: askedUrl, directories } = options;
  const interfaces = networkInterfaces();
  const resolve = resolver();
  const { server, own, clock } = await findServer(settings, askedUrl);
  const running = server.state === 'running' ? server : own;
  const isHere =
    askedUrl === undefined || own !== undefined || (await leadsHere(askedUrl, resolve, interfaces));
  const listening = isHere ? listenAddresses(settings.announcedAddresses, interfaces) : [];
  const places = isHere && !running ? await portPlaces(settings, listening) : [];
  const conflicts = await tryPorts(places);
  const media: MediaTargets = running
    ? await visitWorkers({ ...options, ...running })
    : await withoutServer(isHere, { ports: mediaPortsOf(places), addresses: listening, taken: conflicts });
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
      certificatesOf(settings, isHere, askedUrl, running?.url),
      Promise.all((isHere ? directories : []).map(withFreeSpace)),
    ]);
    return {
      settings,
      askedUrl,
      isHere,
      audience: await audienceOf(settings, askedUrl, resolve),
      interfaces,
      server,
      running,
      ...failures,
      announced,
      ways,
      ports: conflicts,
      relays,
      ...certificates,
      clocks: [...redis.clocks, ...(clock ? [clock] : [])],
      fileLimit: isHere ? fileLimitOf(settings, running !== undefined) : undefined,
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

/** The server by the URL that was asked about, and the one that the settings are of, where that is the same or none is asked. */
async function findServer(
  settings: DoctorSettings,
  askedUrl: string | undefined,
): Promise<{ server: ServerFact; own: RunningServer | undefined; clock: ClockFact | undefined }> {
  const ownPlace = ownUrl(settings);
  const here: ServerFact = ownPlace
    ? (await askHealth(ownPlace)).server
    : { state: 'absent', url: undefined, reason: 'its port is made up at each start' };
  const running = here.state === 'running' ? here : undefined;
  if (askedUrl === undefined) return { server: here, own: running, clock: undefined };
  const { server, clock } = await askHealth(askedUrl);
  // Somebody who looks at a server from outside may run one as well.
  const isOwn = running && (server.state === 'absent' || isDeepStrictEqual(server.workers, running.workers));
  return { server, own: isOwn ? running : undefined, clock };
}

async function audienceOf(
  settings: DoctorSettings,
  askedUrl: string | undefined,
  resolve: Resolve,
): Promise<Facts['audience']> {
  const host = clientsHost(settings, askedUrl);
  return audienceBy(settings, host, host === undefined ? [] : await resolve(host));
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
