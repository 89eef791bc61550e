import { NotFoundError, UnsupportedError, WorkerClosedError } from 'mediasoup/errors';
import type * as mediasoup from 'mediasoup/types';
import type { MediaKind, RtpCapabilities, RtpParameters } from '../protocol/models.ts';
import { badRequest, invalidState, ParleyError, unavailable } from '../support/errors.ts';

/**
 * Runs a mediasoup call on behalf of a client, and codes its failure.
 *
 * @throws ParleyError `badRequest` when mediasoup does not take the input, `unavailable` when the worker is
 * gone, `invalidState` when what it refers to was closed meanwhile.
 */
export async function callMediasoup<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof WorkerClosedError)
      throw unavailable(`${what}: the media worker is gone`, { cause: error });
    if (error instanceof NotFoundError) throw invalidState(`${what}: closed meanwhile`, { cause: error });
    // Unfit parameters: TypeError and UnsupportedError from the library, plain errors from the worker itself.
    const kind = error instanceof UnsupportedError ? 'not supported' : 'refused';
    throw badRequest(`${what} ${kind}: ${reason}`, { cause: error });
  }
}

/*
 * The schemas at the door let any header extension URI pass, mediasoup's types only those it knows; at run
 * time it ignores the others.
 */

export function mediasoupRtpParameters(parameters: RtpParameters): mediasoup.RtpParameters {
  return parameters as mediasoup.RtpParameters;
}

/** The other way round, for another node, which looks at it with the schema. */
export function wireRtpParameters(parameters: mediasoup.RtpParameters): RtpParameters {
  return parameters as RtpParameters;
}

/** What an endpoint receives, split because mediasoup clones and checks all that it is given with every consumer. */
export type CapabilitiesByKind = Record<MediaKind, mediasoup.RtpCapabilities>;

export function capabilitiesByKind(capabilities: RtpCapabilities): CapabilitiesByKind {
  const { codecs = [], headerExtensions = [] } = capabilities as mediasoup.RtpCapabilities;
  const of = (kind: MediaKind): mediasoup.RtpCapabilities => ({
    codecs: codecs.filter((codec) => codec.kind === kind),
    headerExtensions: headerExtensions.filter((extension) => extension.kind === kind),
  });
  return { audio: of('audio'), video: of('video') };
}

/**
 * Gives mediasoup the same parameters with every consumer, instead of a copy of all of them three times: that is a third
 * of what creating a consumer costs this process. Frozen, so that nobody changes them for the others.
 */
export function shareConsumableParameters(producer: mediasoup.Producer): void {
  Object.defineProperty(producer, 'consumableRtpParameters', {
    value: deeplyFrozen(producer.consumableRtpParameters),
  });
}

function deeplyFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deeplyFrozen);
  return value;
}
