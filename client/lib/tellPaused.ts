import type { LocalPublication } from './LocalPublication.ts';
import { isTransient } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';
import { toError } from './toError.ts';

/**
 * Tells the server whether a publication is muted, if it knows otherwise. Returns whether anything is different now.
 *
 * @throws ParleyError with a transient code.
 */
export async function tellPaused(
  item: LocalPublication,
  signaling: SignalingClient,
  onError: (error: Error) => void,
): Promise<boolean> {
  const { producer, paused } = item;
  if (!producer) return false;
  if (paused === item.serverPaused) {
    // Muted and unmuted before the server could hear of it.
    if (paused || !producer.paused) return false;
    producer.resume();
    return true;
  }
  try {
    await signaling.request(paused ? 'pauseProducer' : 'resumeProducer', { producerId: producer.id });
    item.serverPaused = paused;
  } catch (error) {
    if (isTransient(error)) throw error;
    // A refused unmute stays muted; a refused mute is a mute all the same, because the track is off.
    item.paused = true;
    item.serverPaused = true;
    onError(toError(error));
  }
  if (item.producer !== producer) return false;
  if (!item.paused) producer.resume();
  return true;
}
