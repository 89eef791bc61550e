import { forbidden } from '../../src/support/errors.ts';
import { addressesOf, isLocalOrPrivate, type Names } from '../cli/localHost.ts';

/**
 * Whether an agent may load a server: one of its own machine or of a private network, or one that whoever started the
 * agent allowed by its name or its address. A name is only as near as the farthest of its addresses.
 *
 * @throws ParleyError `forbidden` with how to allow it.
 */
export async function checkTarget(url: string, allow: readonly string[], names: Names): Promise<void> {
  const host = bare(new URL(url).hostname);
  const allowed = new Set(allow.map((entry) => canonical(entry)));
  if (allowed.has(host)) return;
  const addresses = await addressesOf(host, names);
  if (addresses.length === 0) throw forbidden(`${host} has no address here`);
  const far = addresses.find((address) => !allowed.has(address) && !isLocalOrPrivate(address, names));
  if (far === undefined) return;
  const where = far === host ? '' : ` (${far})`;
  throw forbidden(
    `${host}${where} is neither local nor in a private network; whoever runs the agent can start it with ` +
      `--allow ${host}`,
  );
}

/** As URLs have it: small letters, IDNA, IPv6 shortened. */
function canonical(host: string): string {
  const text = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return URL.canParse(`http://${text}`) ? bare(new URL(`http://${text}`).hostname) : host;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
