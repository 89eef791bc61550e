import { isTransient } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** Consumers in one request; the protocol's own limit is 256. */
const BATCH = 128;

/**
 * Lets the server send on these consumers, as far as it still has them.
 *
 * @throws ParleyError with a transient code.
 */
export async function resumeConsumers(
  signaling: SignalingClient,
  consumerIds: readonly string[],
): Promise<void> {
  for (let start = 0; start < consumerIds.length; start += BATCH) {
    await resumeBatch(signaling, consumerIds.slice(start, start + BATCH));
  }
}

async function resumeBatch(signaling: SignalingClient, consumerIds: string[]): Promise<void> {
  try {
    await signaling.request('resumeConsumers', { consumerIds });
  } catch (error) {
    if (isTransient(error)) throw error;
    // One of them is gone already; the others must not stay dark for that.
    if (consumerIds.length > 1) {
      for (const consumerId of consumerIds) await resumeBatch(signaling, [consumerId]);
    }
  }
}
