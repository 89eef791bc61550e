import type { Facts } from '../facts.ts';
import { fault, ok, skipped, warning, type Finding } from '../finding.ts';

/** Interfaces that lead to containers and virtual machines of this host, and to nobody else. */
const BRIDGE =
  /^(docker|br-|podman|cni|cbr|veth|virbr|lxcbr|lxdbr|incusbr|flannel|cali|cilium|kube|vmnet|vboxnet|nerdctl)/;

/** Whether addresses of container bridges are told to clients. */
export function bridges({
  announced,
  isHere,
}: Pick<Facts, 'announced' | 'isHere'>): Omit<Finding, 'check'>[] {
  if (!isHere) return [skipped('the interfaces are another machine’s')];
  const inner = announced.filter(({ interfaceName }) => BRIDGE.test(interfaceName ?? ''));
  if (inner.length === 0) return [ok('no address of a container bridge is announced')];
  const others = announced.filter((one) => !inner.includes(one)).map(({ address }) => address);
  const named = inner.map(({ address, interfaceName }) => `${address} (${interfaceName})`).join(', ');
  const text = `clients are told ${named}, which is between this machine and its containers`;
  if (others.length === 0) {
    return [fault(text, 'set PARLEY_ANNOUNCED_ADDRESS to an address by which clients reach this machine')];
  }
  return [
    warning(
      `${text}: they lose time with it, and may meet containers of their own`,
      `set PARLEY_ANNOUNCED_ADDRESS=${others.join(',')}`,
    ),
  ];
}
