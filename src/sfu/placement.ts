import { leastLoaded, type WorkerLoad } from '../workers/workerLoad.ts';

/** Where the peers of a room go. */
export interface PlacementSettings {
  /** Over all workers in turn, whatever their load. */
  spreadRooms: boolean;
  /** Percent of a core that a worker of the room may use before the next peer goes to another one. */
  spillCpu: number;
  /** Consumers that it may have before that. */
  spillConsumers: number;
}

export const defaultPlacement: PlacementSettings = { spreadRooms: false, spillCpu: 70, spillConsumers: 400 };

/**
 * The worker for the next peer of a room: the least loaded one of the room's while one has capacity, since another
 * router means that media crosses between workers; otherwise the least loaded one of all.
 *
 * @param peersOn Peers of this room on a worker; undefined where the room has no router.
 */
export function chooseWorker<W extends { readonly load: WorkerLoad }>(
  workers: readonly W[],
  peersOn: (worker: W) => number | undefined,
  { spreadRooms, spillCpu, spillConsumers }: PlacementSettings,
): W | undefined {
  if (spreadRooms) {
    const fewest = Math.min(...workers.map((worker) => peersOn(worker) ?? 0));
    const candidates = workers.filter((worker) => (peersOn(worker) ?? 0) === fewest);
    return (
      leastLoaded(candidates.filter((worker) => peersOn(worker) !== undefined)) ?? leastLoaded(candidates)
    );
  }
  const hasCapacity = ({ load }: W): boolean =>
    load.cpu * 100 < spillCpu && load.consumers + load.expectedConsumers < spillConsumers;
  return (
    leastLoaded(workers.filter((worker) => peersOn(worker) !== undefined && hasCapacity(worker))) ??
    leastLoaded(workers)
  );
}
