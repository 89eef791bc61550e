import { setting } from './setting.ts';
import { flag, ipAddress, portRange, whole } from './settingValues.ts';

/** The settings of RTP without a browser. */
export const plainRtpSettings = {
  plainAddress: setting({
    env: 'PARLEY_PLAIN_ADDRESS',
    schema: ipAddress,
    default: '127.0.0.1',
    defaultText: '127.0.0.1',
    description:
      'address of this machine on which plain RTP is received; on one that others reach use SRTP, or a firewall',
  }),
  plainPorts: setting({
    env: 'PARLEY_PLAIN_PORTS',
    schema: portRange,
    default: '30000-30999',
    defaultText: '30000-30999',
    description: 'UDP ports on which it is received, one or two for each track',
  }),
  maxPlain: setting({
    env: 'PARLEY_MAX_PLAIN',
    schema: whole(0, 10_000),
    default: 50,
    description: 'ways in and out for plain RTP at a time; 0 refuses them',
  }),
  egressPrivate: setting({
    env: 'PARLEY_EGRESS_PRIVATE',
    schema: flag,
    default: false,
    description: 'let RTP be sent to private, loopback and link-local addresses too',
  }),
} as const;
