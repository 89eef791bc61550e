import type { ForwardingSettings } from '../../protocol/models.ts';

/** What a room begins with. */
export const defaultForwarding: ForwardingSettings = {
  loudest: 4,
  lastN: 25,
  dynacast: true,
  videoCodecs: ['video/VP8'],
  audioBitrate: 0,
  maxOutgoingBitrate: 0,
};
