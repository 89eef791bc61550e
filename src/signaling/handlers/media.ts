import type { Handlers } from '../dispatch.ts';

type MediaRequest =
  | 'setUpMedia'
  | 'beginMove'
  | 'endMove'
  | 'connectTransport'
  | 'restartIce'
  | 'produce'
  | 'closeProducer'
  | 'pauseProducer'
  | 'resumeProducer'
  | 'consume'
  | 'pauseConsumers'
  | 'resumeConsumers'
  | 'closeConsumers'
  | 'unsubscribe'
  | 'setViews'
  | 'resizeProducer'
  | 'reportQuality'
  | 'setPreferredLayers'
  | 'requestKeyFrame'
  | 'produceData'
  | 'closeDataProducer'
  | 'resumeData';

/** Requests about transports and what travels on them. */
export const mediaHandlers: Pick<Handlers, MediaRequest> = {
  async setUpMedia(session) {
    const { peer, room } = session.seat;
    const media = await room.media.setUp(peer);
    return { ...media, iceServers: session.services.iceServersFor(peer.id) };
  },

  async beginMove(session) {
    const { peer, room } = session.seat;
    const media = await room.media.moves.begin(peer);
    return { ...media, iceServers: session.services.iceServersFor(peer.id) };
  },

  endMove(session, { mediaEpoch }) {
    const { peer, room } = session.seat;
    room.media.moves.end(peer, mediaEpoch);
    return {};
  },

  async connectTransport(session, { transportId, dtlsParameters }) {
    await session.seat.peer.transports.connect(transportId, dtlsParameters);
    return {};
  },

  async restartIce(session, { transportId }) {
    const { peer } = session.seat;
    const iceParameters = await peer.transports.restartIce(transportId);
    return { iceParameters, iceServers: session.services.iceServersFor(peer.id) };
  },

  async produce(session, request) {
    const { peer, room } = session.seat;
    const { producerId } = await room.produce(peer, request);
    return { producerId };
  },

  async closeProducer(session, { producerId }) {
    const { peer, room } = session.seat;
    await session.services.shared.closeProducer(room, peer, producerId);
    return {};
  },

  async pauseProducer(session, { producerId }) {
    await session.seat.peer.producers.pause(producerId);
    return {};
  },

  async resumeProducer(session, { producerId }) {
    await session.seat.peer.producers.resume(producerId);
    return {};
  },

  async consume(session, { producerIds, rtpCapabilities }) {
    const { peer, room } = session.seat;
    if (rtpCapabilities) peer.consumers.capabilities.set(rtpCapabilities);
    return room.consume(peer, producerIds);
  },

  async pauseConsumers(session, { consumerIds }) {
    await session.seat.peer.consumers.pause(consumerIds);
    return {};
  },

  async resumeConsumers(session, { consumerIds }) {
    await session.seat.peer.consumers.resume(consumerIds);
    return {};
  },

  closeConsumers(session, { consumerIds }) {
    session.seat.peer.consumers.closeMany(consumerIds);
    return {};
  },

  unsubscribe(session, { producerIds }) {
    session.seat.peer.consumers.unsubscribe(producerIds);
    return {};
  },

  setViews(session, { views }) {
    const { peer, room } = session.seat;
    room.forwarding.setViews(peer, views);
    return {};
  },

  resizeProducer(session, { producerId, width, height }) {
    const { peer, room } = session.seat;
    peer.producers.resize(producerId, width, height);
    room.forwarding.touchReceivers({ id: producerId, kind: 'video' });
    return {};
  },

  reportQuality(session, { sending, receiving }) {
    const { peer, room } = session.seat;
    room.forwarding.quality.report(peer, sending, receiving);
    return {};
  },

  async setPreferredLayers(session, { consumerId, spatialLayer, temporalLayer }) {
    await session.seat.peer.consumers.setPreferredLayers(consumerId, spatialLayer, temporalLayer);
    return {};
  },

  async requestKeyFrame(session, { consumerId }) {
    await session.seat.peer.consumers.requestKeyFrame(consumerId);
    return {};
  },

  async produceData(session, { transportId, sctpStreamParameters }) {
    const { peer, room } = session.seat;
    const dataProducerId = await room.produceData(peer, transportId, sctpStreamParameters);
    return { dataProducerId };
  },

  closeDataProducer(session, { dataProducerId }) {
    session.seat.peer.data.closeProducer(dataProducerId);
    return {};
  },

  async resumeData(session) {
    const { peer, room } = session.seat;
    await peer.data.resume();
    room.data.flush(peer);
    return {};
  },
};
