import { PLACEMENTS } from './cluster/chooseNode.ts';
import { z } from 'zod';
import { setting } from './setting.ts';
import { hostLabel, httpOrigin, ipAddress, label, portRange, redisUrl } from './settingValues.ts';
import { PIPE_PORTS } from './workers/listenAddresses.ts';

/** The settings of a process that is a node among others. */
export const clusterSettings = {
  redisUrl: setting({
    env: 'PARLEY_REDIS_URL',
    schema: redisUrl.optional(),
    defaultText: 'none',
    description:
      'Redis that makes this process a node of a cluster, such as `redis://user:password@redis.example.org:6379/0`; `rediss://` for TLS',
    // It may hold a password.
    secret: true,
  }),
  nodeAddress: setting({
    env: 'PARLEY_NODE_ADDRESS',
    schema: ipAddress.optional(),
    defaultText: 'that from which Redis is reached',
    description: 'IP address under which other nodes reach this one',
  }),
  pipePorts: setting({
    env: 'PARLEY_PIPE_PORTS',
    schema: portRange,
    default: `${PIPE_PORTS.min}-${PIPE_PORTS.max}`,
    defaultText: `${PIPE_PORTS.min}-${PIPE_PORTS.max}`,
    description: 'UDP ports on which media of other nodes is received, one for each two routers',
  }),
  nodeId: setting({
    env: 'PARLEY_NODE_ID',
    schema: label,
    default: hostLabel(),
    defaultText: 'the host’s name',
    description: 'what this node’s id begins with; the rest is made up at each start',
  }),
  region: setting({
    env: 'PARLEY_REGION',
    schema: label.optional(),
    defaultText: 'none',
    description: 'label of the place where this node is, by which clients find one nearby',
  }),
  publicUrl: setting({
    env: 'PARLEY_PUBLIC_URL',
    schema: httpOrigin.optional(),
    defaultText: 'none',
    description:
      'where clients reach this very node past the load balancer, such as `https://north.example.org`; without, none are sent to it',
  }),
  placement: setting({
    env: 'PARLEY_PLACEMENT',
    schema: z.enum(PLACEMENTS, {
      error: `must be ${PLACEMENTS.slice(0, -1).join(', ')} or ${PLACEMENTS.at(-1)}`,
    }),
    default: 'off',
    defaultText: 'off',
    description:
      'which node a client that joins this one is sent to: off, `room` (one that has its room, else the least loaded), `load` (the least loaded) or `region` (as `room`, in its region)',
  }),
} as const;
