import { z } from 'zod';
import { ERROR_CODES } from '../../protocol/errors.ts';
import type { NodeInfo } from '../cluster.ts';

/* What nodes put into each other's inboxes. Redis is a door like any other, so what comes out of it is checked. */

const nodeInfo = z.object({
  id: z.string().min(1),
  address: z.string(),
  region: z.string().nullable(),
  capacity: z.number(),
  url: z.string().nullable().default(null),
  peers: z.number(),
  cpu: z.number(),
  accepting: z.boolean(),
  version: z.number().int(),
});

const envelope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), type: z.string(), data: z.unknown() }),
  z.object({ kind: z.literal('request'), id: z.number().int(), type: z.string(), data: z.unknown() }),
  z.object({ kind: z.literal('answer'), id: z.number().int(), data: z.unknown() }),
  z.object({
    kind: z.literal('refusal'),
    id: z.number().int(),
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      details: z.array(z.string()).optional(),
    }),
  }),
  /** The sender had to give up messages, or Redis lost them. */
  z.object({ kind: z.literal('missed') }),
  z.object({ kind: z.literal('entered'), members: z.array(nodeInfo) }),
  z.object({ kind: z.literal('joined'), node: nodeInfo }),
  z.object({ kind: z.literal('left') }),
  z.object({ kind: z.literal('nodeLeft') }),
]);

/** What a node says of itself, as often as it changes; the version grows each time. */
export type VersionedNode = z.output<typeof nodeInfo>;
export type Envelope = z.output<typeof envelope>;

/** Undefined for what no node of this version sends. */
export function readEnvelope(text: string): Envelope | undefined {
  return read(text, envelope);
}

/** Undefined for what is not one, such as nothing. */
export function readNode(text: string): VersionedNode | undefined {
  return read(text, nodeInfo);
}

export function withoutVersion(node: VersionedNode): NodeInfo {
  const { id, address, region, capacity, url, peers, cpu, accepting } = node;
  return { id, address, region, capacity, url, peers, cpu, accepting };
}

function read<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
