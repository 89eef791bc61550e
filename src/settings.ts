import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { apiSettings } from './apiSettings.ts';
import { clusterSettings } from './clusterSettings.ts';
import { conductSettings } from './conductSettings.ts';
import { embedSettings } from './embedSettings.ts';
import { recordingSettings } from './recordingSettings.ts';
import { plainRtpSettings } from './plainRtpSettings.ts';
import { MAX_AUDIO_BITRATE } from './protocol/requests.ts';
import { metricsSettings } from './metricsSettings.ts';
import { setting } from './setting.ts';
import {
  bitrateCeiling,
  flag,
  iceServers,
  list,
  origins,
  text,
  videoCodecs,
  whole,
} from './settingValues.ts';
import { defaultForwarding } from './sfu/forwarding/forwardingSettings.ts';
import { defaultLimits } from './sfu/limits.ts';
import { defaultPlacement } from './sfu/placement.ts';
import { storeSettings } from './storeSettings.ts';
import { turnSettings } from './turnSettings.ts';

const bitrateLimit = whole(0, 1_000_000_000_000);

/** Every setting of the server, by the key it has in a configuration file. */
export const settings = {
  port: setting({
    env: 'PARLEY_PORT',
    schema: whole(0, 65_535),
    default: 3000,
    description: 'TCP port of pages and signaling; 0 takes any free one',
  }),
  host: setting({
    env: 'PARLEY_HOST',
    schema: text.optional(),
    defaultText: 'all addresses',
    description: 'address that pages and signaling listen on',
  }),
  apiKey: setting({
    env: 'PARLEY_API_KEY',
    schema: text.optional(),
    defaultText: 'made up in development',
    description: 'issuer (`iss`) of access tokens',
  }),
  apiSecret: setting({
    env: 'PARLEY_API_SECRET',
    schema: text.optional(),
    defaultText: 'made up in development',
    description: 'secret that access tokens are signed with; at least 32 bytes in production',
    secret: true,
  }),
  open: setting({
    env: 'PARLEY_OPEN',
    schema: flag.optional(),
    defaultText: 'true without a key in development, else false',
    description: 'let people in without a token',
  }),
  workers: setting({
    env: 'PARLEY_WORKERS',
    schema: whole(1, 256),
    default: availableParallelism(),
    defaultText: 'one per core',
    description: 'media worker processes',
  }),
  spillCpu: setting({
    env: 'PARLEY_SPILL_CPU',
    schema: whole(1, 100),
    default: defaultPlacement.spillCpu,
    description:
      'percent of its core that a worker of a room may use before the next peer of the room goes to another worker',
  }),
  spillConsumers: setting({
    env: 'PARLEY_SPILL_CONSUMERS',
    schema: whole(1, 1_000_000),
    default: defaultPlacement.spillConsumers,
    description: 'consumers that it may have before that',
  }),
  spreadRooms: setting({
    env: 'PARLEY_SPREAD_ROOMS',
    schema: flag,
    default: defaultPlacement.spreadRooms,
    description: 'spread the peers of every room over all workers in turn, whatever the load',
  }),
  rtcPort: setting({
    env: 'PARLEY_RTC_PORT',
    schema: whole(0, 65_535),
    // Below the range from which kernels take ports for outgoing connections.
    default: 20_000,
    description:
      'media port of the first worker, UDP and TCP; the next worker takes the next port; 0 takes any free ones',
  }),
  announcedAddresses: setting({
    env: 'PARLEY_ANNOUNCED_ADDRESS',
    schema: list.optional(),
    defaultText: 'every LAN address',
    description:
      'addresses or host names under which clients reach the media ports, such as the public one behind NAT; `public@local` picks the local address; comma separated',
  }),
  logLevel: setting({
    env: 'PARLEY_LOG_LEVEL',
    schema: z.enum(['silent', 'error', 'warn', 'info', 'debug'], {
      error: 'must be silent, error, warn, info or debug',
    }),
    default: 'info',
    defaultText: 'info',
    description: 'silent, error, warn, info or debug; JSON lines on stderr',
  }),
  tlsCert: setting({
    env: 'PARLEY_TLS_CERT',
    schema: text.optional(),
    defaultText: 'none',
    description: 'PEM file with the certificate chain; serves HTTPS',
  }),
  tlsKey: setting({
    env: 'PARLEY_TLS_KEY',
    schema: text.optional(),
    defaultText: 'none',
    description: 'PEM file with the certificate’s private key',
  }),
  https: setting({
    env: 'PARLEY_HTTPS',
    schema: flag,
    default: false,
    description: 'serve HTTPS with a certificate that this machine signs itself (`--https`)',
  }),
  allowedOrigins: setting({
    env: 'PARLEY_ALLOWED_ORIGINS',
    schema: origins.optional(),
    defaultText: 'own origin; in development any',
    description: 'origins of pages that may connect besides the server’s own, or `*`; comma separated',
  }),
  trustProxy: setting({
    env: 'PARLEY_TRUST_PROXY',
    schema: whole(0, 16),
    default: 0,
    description: 'number of reverse proxies in front whose `X-Forwarded-*` headers are believed',
  }),
  iceServers: setting({
    env: 'PARLEY_ICE_SERVERS',
    schema: iceServers,
    default: [],
    defaultText: 'none',
    description: 'STUN and TURN servers that clients are told, as a JSON list of RTCIceServer',
    // It may hold the credential of a TURN server.
    secret: true,
  }),
  ...turnSettings,
  ...apiSettings,
  ...embedSettings,
  ...clusterSettings,
  ...conductSettings,
  ...storeSettings,
  ...recordingSettings,
  ...plainRtpSettings,
  ...metricsSettings,
  maxRooms: setting({
    env: 'PARLEY_MAX_ROOMS',
    schema: whole(1, 1_000_000),
    default: defaultLimits.maxRooms,
    description: 'rooms at a time',
  }),
  maxPeers: setting({
    env: 'PARLEY_MAX_PEERS',
    schema: whole(1, 1_000_000),
    default: defaultLimits.maxPeers,
    description: 'peers in all rooms',
  }),
  maxProducers: setting({
    env: 'PARLEY_MAX_PRODUCERS',
    schema: whole(0, 1_000_000),
    default: defaultLimits.maxProducers,
    description: 'tracks that all peers of the server may publish',
  }),
  maxBitrate: setting({
    env: 'PARLEY_MAX_BITRATE',
    schema: bitrateLimit,
    default: defaultLimits.maxBitrate,
    defaultText: '0, no limit',
    description: 'bps that all workers send and receive, as measured, above which nobody else is let in',
  }),
  maxPeersPerRoom: setting({
    env: 'PARLEY_MAX_PEERS_PER_ROOM',
    schema: whole(1, 10_000),
    default: defaultLimits.maxPeersPerRoom,
    description: 'peers in one room',
  }),
  maxProducersPerRoom: setting({
    env: 'PARLEY_MAX_PRODUCERS_PER_ROOM',
    schema: whole(0, 100_000),
    default: defaultLimits.maxProducersPerRoom,
    description: 'tracks that all peers of a room may publish',
  }),
  maxBitratePerRoom: setting({
    env: 'PARLEY_MAX_BITRATE_PER_ROOM',
    schema: bitrateLimit,
    default: defaultLimits.maxBitratePerRoom,
    defaultText: '0, no limit',
    description: 'bps that a room sends and receives, as measured, above which nobody else is let into it',
  }),
  maxProducersPerPeer: setting({
    env: 'PARLEY_MAX_PRODUCERS_PER_PEER',
    schema: whole(0, 256),
    default: defaultLimits.maxProducersPerPeer,
    description: 'tracks that one peer may publish',
  }),
  maxIncomingBitrate: setting({
    env: 'PARLEY_MAX_INCOMING_BITRATE',
    schema: whole(50_000, 1_000_000_000),
    default: defaultLimits.maxIncomingBitrate,
    description: 'bps that one peer may send',
  }),
  maxOutgoingBitrate: setting({
    env: 'PARLEY_MAX_OUTGOING_BITRATE',
    schema: bitrateCeiling,
    default: defaultLimits.maxOutgoingBitrate,
    defaultText: '0, no limit',
    description: 'bps of video that one peer is sent at most; 0, or 50000 and more',
  }),
  initialOutgoingBitrate: setting({
    env: 'PARLEY_INITIAL_OUTGOING_BITRATE',
    schema: whole(50_000, 1_000_000_000),
    default: defaultLimits.initialOutgoingBitrate,
    description: 'bps assumed of a peer’s downlink until it was measured',
  }),
  loudest: setting({
    env: 'PARLEY_LOUDEST',
    schema: whole(0, 64),
    default: defaultForwarding.loudest,
    description: 'microphones that a listener gets at a time, the loudest; 0: all',
  }),
  lastN: setting({
    env: 'PARLEY_LAST_N',
    schema: whole(0, 1000),
    default: defaultForwarding.lastN,
    description: 'videos for a client that does not say what it looks at, by who spoke last; 0: all',
  }),
  dynacast: setting({
    env: 'PARLEY_DYNACAST',
    schema: flag,
    default: defaultForwarding.dynacast,
    description: 'tell publishers to leave out the layers that nobody needs',
  }),
  videoCodecs: setting({
    env: 'PARLEY_VIDEO_CODECS',
    schema: videoCodecs,
    default: defaultForwarding.videoCodecs,
    defaultText: '`video/VP8`',
    description:
      'video codecs to publish with, most preferred first, of which the first is used that all in the room decode; comma separated',
  }),
  audioBitrate: setting({
    env: 'PARLEY_AUDIO_BITRATE',
    schema: whole(0, MAX_AUDIO_BITRATE),
    default: defaultForwarding.audioBitrate,
    defaultText: '0, as Opus likes',
    description: 'bps with which microphones are published',
  }),
  gracePeriod: setting({
    env: 'PARLEY_GRACE_PERIOD',
    schema: whole(0, 3_600_000),
    default: defaultLimits.gracePeriod,
    description: 'ms for which a peer is kept whose connection was lost',
  }),
  emptyRoomGrace: setting({
    env: 'PARLEY_EMPTY_ROOM_GRACE',
    schema: whole(0, 86_400_000),
    default: defaultLimits.emptyRoomGrace,
    description: 'ms for which an empty room, and its chat, is kept',
  }),
  drainDeadline: setting({
    env: 'PARLEY_DRAIN_DEADLINE',
    schema: whole(0, 86_400_000),
    // Less than the SDK looks for a way in, and than container engines wait for an end.
    default: 9_000,
    description: 'ms for which calls go on, at most, once the server was told to end (SIGTERM)',
  }),
  chatHistory: setting({
    env: 'PARLEY_CHAT_HISTORY',
    schema: whole(0, 10_000),
    default: defaultLimits.chatHistory,
    description: 'chat messages that a late joiner gets to read',
  }),
} as const;

export type SettingKey = keyof typeof settings;
export type SettingValues = {
  readonly [K in SettingKey]: z.output<(typeof settings)[K]['schema']>;
};
