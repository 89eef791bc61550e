import type { types } from 'mediasoup-client';
import type { MediaFollower } from './MediaFollower.ts';
import type { MediaSession } from './MediaSession.ts';

interface Switched {
  readonly producer: types.Producer;
  /** The highest encoding to be sent; -1: none. */
  wanted: number;
  switching: boolean;
}

/** ms until a switch that failed is tried again; so often at most. */
const RETRY_AFTER = 500;
const ATTEMPTS = 5;

/**
 * Sends no more of each video than somebody needs (dynacast): switches the encodings of the producers off and on, as
 * the server tells what is in demand.
 */
export class Demand implements MediaFollower {
  /** The last demand for each own producer, also for those whose publishing the server answered a moment ago. */
  readonly #demands = new Map<string, number | null>();
  readonly #producers = new Map<string, Switched>();
  #unlisten: (() => void) | undefined;

  attach(session: MediaSession): void {
    this.detach();
    this.#unlisten = session.on('produced', (producer) => this.#follow(producer));
    for (const producer of session.producers) this.#follow(producer);
  }

  detach(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#producers.clear();
    this.#demands.clear();
  }

  setOnline(): void {
    // What is in demand comes from the server, and is applied without it.
  }

  /** `spatialLayer`: the highest that anybody needs; null: nobody needs any. */
  changed(producerId: string, spatialLayer: number | null): void {
    const switched = this.#producers.get(producerId);
    if (!switched) {
      this.#demands.set(producerId, spatialLayer);
      return;
    }
    switched.wanted = highestEncoding(switched.producer, spatialLayer);
    void this.#switch(switched);
  }

  #follow(producer: types.Producer): void {
    const demand = this.#demands.get(producer.id);
    this.#demands.delete(producer.id);
    if (producer.kind !== 'video') return;
    this.#producers.set(producer.id, {
      producer,
      wanted: topEncoding(producer),
      switching: false,
    });
    producer.observer.once('close', () => this.#producers.delete(producer.id));
    if (demand !== undefined) this.changed(producer.id, demand);
  }

  #isSettled(switched: Switched): boolean {
    return isMet(switched) || this.#producers.get(switched.producer.id) !== switched;
  }

  /** One switch at a time for each producer, until the latest demand is met. */
  async #switch(switched: Switched): Promise<void> {
    if (switched.switching) return;
    switched.switching = true;
    let { wanted } = switched;
    for (let attempt = 0; attempt < ATTEMPTS && !this.#isSettled(switched); attempt += 1) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER));
      // More, or for a moment less, is sent than needed: nothing that a person could do about.
      await switchEncodings(switched.producer, switched.wanted).catch(() => undefined);
      if (wanted === switched.wanted) continue;
      ({ wanted } = switched);
      attempt = -1;
    }
    switched.switching = false;
  }
}

function isMet({ producer, wanted }: Switched): boolean {
  const current = producer.maxSpatialLayer ?? topEncoding(producer);
  return current === wanted && isActive(producer, wanted);
}

/** SVC is one encoding with all layers: it can only be sent or not. */
function highestEncoding(producer: types.Producer, spatialLayer: number | null): number {
  return spatialLayer === null ? -1 : Math.min(spatialLayer, topEncoding(producer));
}

function topEncoding(producer: types.Producer): number {
  return (producer.rtpParameters.encodings?.length ?? 1) - 1;
}

/**
 * Through mediasoup-client, which says it in the SDP too: Chromium takes every answer's paused layers for what is to be
 * sent, so the next negotiation would switch on again what only `setParameters` had switched off.
 */
async function switchEncodings(producer: types.Producer, highest: number): Promise<void> {
  await producer.setMaxSpatialLayer(highest);
  // It hides its failures, and does not do the same thing twice.
  const sender = producer.rtpSender;
  if (!sender || isActive(producer, highest)) return;
  const parameters = sender.getParameters();
  parameters.encodings.forEach((encoding, index) => (encoding.active = index <= highest));
  await sender.setParameters(parameters);
}

function isActive(producer: types.Producer, highest: number): boolean {
  const encodings = producer.rtpSender?.getParameters().encodings ?? [];
  return encodings.every((encoding, index) => (encoding.active ?? true) === index <= highest);
}
