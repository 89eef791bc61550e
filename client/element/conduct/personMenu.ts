import type { PeerState } from '../../lib/publicTypes.ts';
import { icons } from '../icons.ts';
import { text } from '../text.ts';
import type { ConductAct } from './acts.ts';
import type { MenuItem } from './Menu.ts';

/**
 * What a host can do about somebody else, as that person is at the moment.
 *
 * @param mayStepDown Whether this host may hand over: whoever is one by a token stays one.
 */
export function personMenu(peer: PeerState, mayStepDown: boolean): MenuItem[] {
  const { peerId, role, handRaisedAt, spotlightAt } = peer;
  const sends = (source: string): boolean =>
    peer.publications.some((publication) => publication.source === source && !publication.paused);
  const item = (action: string, label: string, icon: MenuItem['icon'], act: ConductAct): MenuItem => ({
    action,
    label,
    ...(icon && { icon }),
    request: { type: 'conduct', act },
  });
  const isUp = handRaisedAt !== undefined;
  return [
    ...(sends('microphone')
      ? [item('mute-peer', text.muteName, icons.microphoneOff, { do: 'mute', peerId, source: 'microphone' })]
      : role === 'viewer'
        ? []
        : [item('ask-to-unmute', text.askToUnmute, icons.microphone, { do: 'askToUnmute', peerId })]),
    ...(sends('camera')
      ? [item('stop-camera', text.stopCamera, icons.cameraOff, { do: 'mute', peerId, source: 'camera' })]
      : []),
    ...(sends('screen')
      ? [item('stop-screen', text.stopScreen, icons.screenStop, { do: 'mute', peerId, source: 'screen' })]
      : []),
    ...(isUp ? [item('lower-hand', text.lowerHand, icons.hand, { do: 'lowerHand', peerId })] : []),
    item(
      spotlightAt === undefined ? 'spotlight' : 'end-spotlight',
      spotlightAt === undefined ? text.spotlight : text.endSpotlight,
      icons.star,
      { do: 'spotlight', peerId, on: spotlightAt === undefined },
    ),
    ...roles(peer, mayStepDown, item).map((one, index) => (index === 0 ? { ...one, apart: true } : one)),
    {
      ...item('remove-peer', text.removePeer, icons.personOff, { do: 'remove', peerId }),
      danger: true,
      apart: true,
    },
  ];
}

type MakeItem = (action: string, label: string, icon: MenuItem['icon'], act: ConductAct) => MenuItem;

function roles({ peerId, role }: PeerState, mayStepDown: boolean, item: MakeItem): MenuItem[] {
  if (role === 'host')
    return [item('unmake-host', text.unmakeHost, icons.person, { do: 'setRole', peerId, role: 'speaker' })];
  const speaking =
    role === 'viewer'
      ? item('let-speak', text.letSpeak, icons.microphone, { do: 'setRole', peerId, role: 'speaker' })
      : item('make-viewer', text.makeViewer, icons.person, { do: 'setRole', peerId, role: 'viewer' });
  return [
    speaking,
    item('make-host', text.makeHost, icons.shield, { do: 'setRole', peerId, role: 'host' }),
    ...(mayStepDown ? [item('hand-over', text.handOver, icons.arrow, { do: 'handOver', peerId })] : []),
  ];
}
