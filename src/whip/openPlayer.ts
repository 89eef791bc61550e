import type { Consumer, WebRtcTransport } from 'mediasoup/types';
import type { Limits } from '../sfu/limits.ts';
import { callMediasoup } from '../sfu/mediasoupCalls.ts';
import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import { unavailable } from '../support/errors.ts';
import { writeAnswer } from './negotiation/answer.ts';
import type { Offer, OfferedSection } from './negotiation/offer.ts';
import { answerPlaying, type Playing } from './negotiation/playing.ts';
import type { Channels } from './play/Channels.ts';
import type { Outlet } from './play/Outlet.ts';
import type { Target } from './play/Selection.ts';

export interface PlayerParts {
  room: Room;
  peer: Peer;
  target: Target;
  offer: Offer;
  playing: Playing;
  channels: Channels;
  limits: Pick<Limits, 'initialOutgoingBitrate'>;
}

/**
 * Gives a peer the streams of a channel, until it closes.
 *
 * @throws ParleyError as `callMediasoup`; nothing is left then once the peer is closed.
 */
export async function openPlayer(
  parts: PlayerParts,
): Promise<{ transport: WebRtcTransport; answer: string }> {
  const { room, peer, target, offer, playing, channels, limits } = parts;
  const place = await room.media.routers.place(peer);
  const channel = await channels.open(room, place, target);
  keepWhile(peer, channel);
  const outlet = await channel.outlet(playing.codecs);
  keepWhile(peer, outlet);
  const transport = await callMediasoup('setUpMedia', () =>
    outlet.router.createWebRtcTransport({
      webRtcServer: place.webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      initialAvailableOutgoingBitrate: limits.initialOutgoingBitrate,
    }),
  );
  const endTransport = (): void => transport.close();
  if (peer.closed) endTransport();
  else peer.once('closed', endTransport);
  await callMediasoup('connectTransport', () => transport.connect({ dtlsParameters: offer.dtls }));
  const ssrcs = new Map<OfferedSection, number>();
  for (const section of playing.played.keys()) {
    const consumer = await consume(transport, outlet, section);
    ssrcs.set(section, consumer.rtpParameters.encodings?.[0]?.ssrc ?? 0);
  }
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const local = { iceParameters, iceCandidates, dtlsParameters };
  const sections = answerPlaying(offer, playing, (section) => ssrcs.get(section) ?? 0);
  return { transport, answer: writeAnswer(offer, sections, local) };
}

/** @throws ParleyError `unavailable` when it closed while it was waited for; who asks again gets another one. */
function keepWhile(peer: Peer, kept: { closed: boolean; hold(): () => void }): void {
  const release = kept.hold();
  if (peer.closed) release();
  else peer.once('closed', release);
  if (kept.closed || peer.closed) throw unavailable('closed while the player was let in; try again');
}

function consume(
  transport: WebRtcTransport,
  outlet: Outlet,
  { kind, mid }: OfferedSection,
): Promise<Consumer> {
  const producer = kind && outlet.producer(kind);
  if (!producer) throw unavailable('closed while the player was let in; try again');
  return callMediasoup('consume', () =>
    transport.consume({
      producerId: producer.id,
      mid,
      // Without RTX, whose payload type a router chooses itself; what is lost is sent once more as it was (RFC 4585).
      rtpCapabilities: {
        codecs: (outlet.rtpCapabilities.codecs ?? []).filter(({ mimeType }) => !mimeType.endsWith('/rtx')),
        headerExtensions: (outlet.rtpCapabilities.headerExtensions ?? []).filter(({ uri }) =>
          uri.endsWith(':mid'),
        ),
      },
      enableRtx: true,
    }),
  );
}
