import type { Facts } from '../facts.ts';
import { fault, ok, skipped, warning, type Finding } from '../finding.ts';

/** Whether the server answers, and lets a client in. */
export function server({
  server: fact,
  askedUrl,
  joinFailure,
}: Pick<Facts, 'server' | 'askedUrl' | 'joinFailure'>): Omit<Finding, 'check'>[] {
  if (fact.state === 'absent') {
    const where = fact.url ?? 'its address';
    // Without a URL nobody said that it runs.
    if (askedUrl === undefined)
      return [skipped(`no server runs at ${where} (${fact.reason}); its ports were tried without it`)];
    return [
      fault(
        `${where} does not answer as Parley does: ${fact.reason}`,
        'start the server, or mend the name, the port or the proxy that this URL leads through',
      ),
    ];
  }
  if (fact.isDraining) {
    return [
      warning(
        `the server at ${fact.url} is about to end and lets nobody in`,
        'ask another one, or wait for its next start',
      ),
    ];
  }
  if (!fact.isReady || fact.mediaPorts.length === 0) {
    return [
      fault(
        `the server at ${fact.url} has no media worker that lives`,
        'look at its log for why workers died, and restart it',
      ),
    ];
  }
  if (joinFailure !== undefined) {
    return [
      fault(
        `the server at ${fact.url} answers, and lets no client in: ${joinFailure}`,
        'run the doctor with the server’s own PARLEY_API_KEY and PARLEY_API_SECRET, and let the proxy pass WebSockets (/socket.io/)',
      ),
    ];
  }
  return [ok(`the server at ${fact.url} answers and lets clients in`)];
}
