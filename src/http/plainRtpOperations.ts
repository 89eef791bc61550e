import { egressSchema, ingressSchema } from '../ingest/requests.ts';
import type { ApiOperation } from './openApi.ts';

const operation = (
  method: ApiOperation['method'],
  path: string,
  summary: string,
  rest: Partial<ApiOperation> = {},
): ApiOperation => ({
  method,
  path: `/api/rooms/{room}/${path}`,
  tag: 'Plain RTP',
  summary,
  grant: '`roomAdmin` for the room',
  status: 200,
  errors: 'parley',
  ...rest,
});

/** What `plainRtpRoutes` serves. */
export const plainRtpOperations: readonly ApiOperation[] = [
  operation('post', 'ingress', 'Makes a participant of plain RTP', { status: 201, request: ingressSchema }),
  operation('get', 'ingress', 'Ways in that are open'),
  operation('delete', 'ingress/{id}', 'Closes one of them', { status: 204 }),
  operation('post', 'egress', 'Sends a track as plain RTP', { status: 201, request: egressSchema }),
  operation('get', 'egress', 'Ways out that are open'),
  operation('delete', 'egress/{id}', 'Closes one of them', { status: 204 }),
];
