import type { Facts, RelayFact } from '../facts.ts';
import { fault, ok, skipped, type Finding } from '../finding.ts';

/** Whether the STUN and TURN servers that clients are told do what they are there for. */
export function turn({ relays }: Pick<Facts, 'relays'>): Omit<Finding, 'check'>[] {
  if (relays.length === 0) return [skipped('clients are told no STUN or TURN server')];
  return relays.map(aboutRelay);
}

function aboutRelay({ url, outcome, detail }: RelayFact): Omit<Finding, 'check'> {
  switch (outcome) {
    case 'relays':
      return ok(`${url}: allocates, and a media port answers through it`);
    case 'answers':
      return ok(
        url.startsWith('turn') ? `${url}: allocates; there was no media port to relay to` : `${url}: answers`,
      );
    case 'unresolved':
      return fault(`${url}: ${detail}`, `mend the URL, or the name’s record in DNS`);
    case 'unreachable':
      return fault(
        `${url}: cannot be reached (${detail})`,
        'start the TURN server, open its port in every firewall, or mend the URL',
      );
    case 'untrusted':
      return fault(
        `${url}: browsers refuse its certificate (${detail})`,
        'give the TURN server a certificate for the name in the URL, from an authority that browsers know',
      );
    case 'expired':
      return fault(
        `${url}: the credential’s time is over (${detail})`,
        'give it a user name with a later time, or credentials that are made for each session; the clocks of both servers have to agree',
      );
    case 'wrongCredential':
      return fault(
        `${url}: does not take user name and credential (${detail})`,
        'make the secret here the same as the TURN server’s (coturn: static-auth-secret)',
      );
    case 'refused':
      return fault(`${url}: makes no allocation (${detail})`, 'look at the TURN server’s quotas and its log');
    case 'forbidsMedia':
      return fault(
        `${url}: allocates, and may not relay to the media ports (${detail})`,
        'let the TURN server relay to the announced addresses (coturn: allowed-peer-ip)',
      );
    case 'relaysNothing':
      return fault(
        `${url}: allocates, and no media port answers through it (${detail})`,
        'open the media ports for UDP from the TURN server’s address, and its relay ports for what comes back',
      );
  }
}
