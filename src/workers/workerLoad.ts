/** What a worker carries, as last measured. */
export interface WorkerLoad {
  /** CPU time per wall time; 1 is one core fully used. */
  cpu: number;
  routers: number;
  consumers: number;
  /** Sent and received together, bps. */
  bitrate: number;
  /** Rooms placed here so recently that their media cannot be in the other figures. */
  unmeasuredRooms: number;
  /** Consumers that peers who were placed here as recently are going to have. */
  expectedConsumers: number;
}

/** mediasoup's rule of thumb for one worker on one core. */
const CONSUMERS_PER_CORE = 500;
/** bps. 10 to 18 CPU-seconds per million packets, of about 1,000 bytes, with headroom. */
const BITRATE_PER_CORE = 400_000_000;
/** Above the noise between two idle workers, below what a room with media in it costs. */
const UNMEASURED_ROOM_COST = 0.05;
/** Breaks ties between idle workers, so that quiet rooms spread too. */
const ROUTER_COST = 0.005;

/**
 * How much of its core a worker is expected to need soon; lower is better, and only the order matters.
 *
 * The measured CPU is the truth but lags behind; consumers and bitrate tell what it will be. The worst
 * of the three counts, because they describe the same work and must not be added up.
 */
export function loadScore(load: WorkerLoad): number {
  const utilisation = Math.max(
    load.cpu,
    (load.consumers + load.expectedConsumers) / CONSUMERS_PER_CORE,
    load.bitrate / BITRATE_PER_CORE,
  );
  return utilisation + load.unmeasuredRooms * UNMEASURED_ROOM_COST + load.routers * ROUTER_COST;
}

/** The candidate with the lowest score, the first of equals; `undefined` when there is none. */
export function leastLoaded<T extends { readonly load: WorkerLoad }>(candidates: Iterable<T>): T | undefined {
  let best: T | undefined;
  let bestScore = Infinity;
  for (const candidate of candidates) {
    const score = loadScore(candidate.load);
    if (score < bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}
