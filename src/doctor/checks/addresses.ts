import { isIP } from 'node:net';
import { lanAddresses } from '../../workers/listenAddresses.ts';
import { isLoopback, isPrivate } from '../addressRanges.ts';
import type { AnnouncedAddress, Facts } from '../facts.ts';
import { fault, ok, skipped, warning, type Finding } from '../finding.ts';

export type AddressFacts = Pick<
  Facts,
  'announced' | 'audience' | 'ways' | 'relays' | 'isHere' | 'interfaces'
>;
/** What is said about one address. */
interface Doubt {
  address: string;
  finding: Omit<Finding, 'check'>;
}

const SETTING = 'PARLEY_ANNOUNCED_ADDRESS';

/** Whether the addresses that clients are told are the server’s, and ones that they can reach. */
export function addresses(facts: AddressFacts): Omit<Finding, 'check'>[] {
  const { announced } = facts;
  if (announced.length === 0) {
    return [skipped('it is not known which addresses clients are told')];
  }
  const doubts = doubtsAbout(facts);
  if (doubts.length > 0) return doubts.map(({ finding }) => finding);
  return [ok(`clients are told ${announced.map(({ address }) => address).join(', ')}`)];
}

/** Addresses about which something is said here, so that no other check says that they do not answer. */
export function doubtfulAddresses(facts: AddressFacts): ReadonlySet<string> {
  return new Set(doubtsAbout(facts).map(({ address }) => address));
}

function doubtsAbout(facts: AddressFacts): Doubt[] {
  const { announced, audience } = facts;
  const doubts = announced.flatMap((one): Doubt[] => {
    const found = loopbackDoubt(one, facts) ?? nameDoubt(one) ?? foreignDoubt(one, facts);
    return found ? [{ address: one.address, finding: found }] : [];
  });
  const [first] = announced;
  const allPrivate = announced.every(({ resolved }) => resolved.length > 0 && resolved.every(isPrivate));
  if (doubts.length > 0 || !first || audience !== 'internet' || !allPrivate) return doubts;
  const text = `clients come by a public URL and are told ${announced.map(({ address }) => address).join(', ')}, which the internet does not reach`;
  const mend = `set ${SETTING} to the public address; behind NAT to public@local`;
  // One finding for all: it is one setting.
  return [{ address: first.address, finding: fault(text, mend) }];
}

function loopbackDoubt(
  { address, resolved }: AnnouncedAddress,
  { audience, announced, isHere, interfaces }: AddressFacts,
): Omit<Finding, 'check'> | undefined {
  const isOwn = (one: readonly string[]): boolean => one.length > 0 && one.every(isLoopback);
  if (audience === 'machine' || !(isLoopback(address) || isOwn(resolved))) return undefined;
  // Nobody else can come.
  if (isHere && lanAddresses(interfaces).length === 0) return undefined;
  const mend = `set ${SETTING} to an address by which clients reach this machine, or PARLEY_HOST=127.0.0.1 if it is for this machine alone`;
  const text = `clients on other machines are told ${address}, where they find themselves`;
  const alone = announced.every((one) => isLoopback(one.address) || isOwn(one.resolved));
  return alone ? fault(text, mend) : warning(text, mend);
}

function nameDoubt({ address, resolved }: AnnouncedAddress): Omit<Finding, 'check'> | undefined {
  if (resolved.length > 0) return undefined;
  return fault(
    `the announced name ${address} leads to no address`,
    `mend the name’s record in DNS, or set ${SETTING} to the address itself`,
  );
}

/** One that no interface of this machine has is NAT’s, or wrong. */
function foreignDoubt(
  { address, resolved, interfaceName }: AnnouncedAddress,
  { ways, relays, isHere, audience }: AddressFacts,
): Omit<Finding, 'check'> | undefined {
  if (!isHere || interfaceName !== undefined || (audience === 'machine' && isLoopback(address)))
    return undefined;
  const own = ways.filter((way) => way.address === address);
  const answers = own.some(({ failure }) => failure?.stage !== 'ice');
  if (own.length === 0 || answers) return undefined;
  const text = `${address} is announced, is no address of this machine, and nobody answers there`;
  const mend = `set ${SETTING} to an address of this machine, or to the one that NAT gives it`;
  if (resolved.every(isPrivate)) return fault(text, mend);
  const seen = relays.flatMap(({ mapped }) => mapped ?? []).filter((one) => isIP(one) && !isPrivate(one));
  if (resolved.some((one) => seen.includes(one))) return undefined;
  if (seen.length > 0) return fault(`${text}; a STUN server sees this machine as ${seen.join(', ')}`, mend);
  // Many routers do not lead back in what came from inside.
  return warning(
    `${text}: it is wrong, or NAT does not lead back from inside`,
    'run parley doctor --url with the public URL on a machine outside, which sees what clients see',
  );
}
