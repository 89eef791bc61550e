import { z } from 'zod';
import type { ApiOperation } from './openApi.ts';

const operation = (
  method: ApiOperation['method'],
  path: string,
  summary: string,
  rest: Partial<ApiOperation> = {},
): ApiOperation => ({
  method,
  path,
  tag: 'Operation',
  summary,
  grant: '`roomAdmin` for the room',
  status: 200,
  errors: 'parley',
  ...rest,
});

/** What `operatorRoutes` serves. */
export const operatorOperations: readonly ApiOperation[] = [
  operation('get', '/api/rooms/{room}/forwarding', 'What is forwarded in a room, and why'),
  operation('get', '/api/rooms/{room}/peers/{peer}/quality', 'How a peer is doing; by its id or identity'),
  operation('post', '/api/rooms/{room}/workers/{worker}/vacate', 'Moves a room’s peers off a worker', {
    status: 202,
    response: z.object({ moving: z.number().int() }),
  }),
  operation('post', '/api/drain', 'Ends this server without cutting calls off', {
    status: 202,
    grant: '`roomAdmin`, without a room',
    response: z.object({ endsIn: z.number().describe('ms'), peers: z.number().int() }),
  }),
];

/** What `apiDocsRoutes` serves. */
export const docsOperations: readonly ApiOperation[] = [
  {
    method: 'get',
    path: '/api/openapi.json',
    tag: 'Documentation',
    summary: 'This document',
    status: 200,
    errors: 'parley',
  },
];
