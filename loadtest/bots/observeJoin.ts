import type { Collector } from '../results/Collector.ts';
import type { JoinObserver } from '../targets/Target.ts';

/**
 * Tells the collector what a target tells of a bot.
 *
 * @param hearsErrors Whether errors count now: not when the bot is away on purpose, or has left.
 * @param onError Told of each that counted.
 */
export function observeJoin(
  collector: Collector,
  hearsErrors: () => boolean,
  onError: () => void,
): JoinObserver {
  return {
    signaling: (took) => collector.observe('join.signaling', took),
    ice: (took) => collector.observe('join.ice', took),
    dtls: (took) => collector.observe('join.dtls', took),
    request: (name, took) => {
      // Everybody leaves at once at the end, which is no load that anybody asked for.
      if (name !== 'leave') collector.observe('request.time', took);
    },
    error: (phase, code, message) => {
      if (!hearsErrors()) return;
      collector.count('requestErrors');
      collector.error(phase, code, message);
      onError();
    },
  };
}
