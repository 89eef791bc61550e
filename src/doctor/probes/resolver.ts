import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Leads from a name to its addresses; to none where it leads nowhere. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** What a host name leads to, asked once; an address leads to itself. */
export function resolver(): Resolve {
  const asked = new Map<string, Promise<readonly string[]>>();
  return (host) => {
    const known = asked.get(host);
    if (known) return known;
    const answer = isIP(host)
      ? Promise.resolve([host])
      : lookup(host, { all: true }).then(
          (all) => all.map(({ address }) => address),
          () => [],
        );
    asked.set(host, answer);
    return answer;
  };
}
