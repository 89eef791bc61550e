import { ParleyError } from '../../support/errors.ts';
import type { ListenAddress } from '../../workers/listenAddresses.ts';
import type { Facts, PortFact } from '../facts.ts';
import type { MediaTarget } from './mediaTarget.ts';
import { RoomVisit } from './RoomVisit.ts';
import { throwAwayTarget } from './throwAwayTarget.ts';

/** Visits for each worker, until all were met: a room goes to the worker that has least to do. */
const VISITS_PER_WORKER = 2;

/** Media ports to look at; whoever asked closes them. */
export interface MediaTargets extends Pick<Facts, 'joinFailure' | 'workerFailure' | 'mediaFailure'> {
  targets: readonly MediaTarget[];
}

/** The media ports of a server that runs, each met by a visit to a room of its own. */
export async function visitWorkers(options: {
  url: string;
  mediaPorts: readonly number[];
  tokenFor: (room: string) => Promise<string | undefined>;
}): Promise<MediaTargets> {
  const { mediaPorts } = options;
  const met = new Map<number, MediaTarget>();
  const spare: MediaTarget[] = [];
  let joinFailure: string | undefined;
  for (let i = 0; i < mediaPorts.length * VISITS_PER_WORKER && met.size < mediaPorts.length; i += 1) {
    try {
      const visit = await RoomVisit.enter(options);
      // It stays until all were met, so that the next one goes elsewhere.
      if (met.has(visit.port)) spare.push(visit);
      else met.set(visit.port, visit);
    } catch (error) {
      joinFailure = (error as Error).message;
      break;
    }
  }
  await Promise.all(spare.map((visit) => visit.close()));
  return { targets: [...met.values()], joinFailure, workerFailure: undefined, mediaFailure: undefined };
}

/** Workers on the media ports that are free, for as long as they are looked at. */
export async function startWorkers(options: {
  ports: readonly number[];
  addresses: readonly ListenAddress[];
  taken: readonly PortFact[];
}): Promise<MediaTargets> {
  const { ports, addresses, taken } = options;
  const targets: MediaTarget[] = [];
  let workerFailure: string | undefined;
  let mediaFailure: string | undefined;
  const free = ports.filter((port) => !taken.some((fact) => fact.use === 'media' && fact.port === port));
  if (free.length === 0) mediaFailure = 'no media port is free';
  for (const port of free) {
    try {
      targets.push(await throwAwayTarget({ port, addresses }));
    } catch (error) {
      const { message, code } = error as ParleyError;
      // Another program was faster, or an address went away: not the worker's fault.
      if (error instanceof ParleyError && code !== 'unavailable') mediaFailure = message;
      else workerFailure = message;
      break;
    }
  }
  return { targets, joinFailure: undefined, workerFailure, mediaFailure };
}
