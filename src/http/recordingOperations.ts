import type { ApiOperation } from './openApi.ts';

const operation = (
  method: ApiOperation['method'],
  path: string,
  summary: string,
  status: ApiOperation['status'] = 200,
): ApiOperation => ({
  method,
  path: `/api/rooms/{room}/recordings${path}`,
  tag: 'Recording',
  summary,
  grant: '`roomRecord` or `roomAdmin` for the room',
  status,
  errors: 'parley',
});

/** What `recordingRoutes` serves. */
export const recordingOperations: readonly ApiOperation[] = [
  operation('post', '', 'Records everybody in a room', 201),
  operation('get', '', 'The recordings of a room'),
  operation('get', '/{recording}', 'The timeline of a recording'),
  operation('post', '/{recording}/stop', 'Ends a recording'),
  operation('delete', '/{recording}', 'Removes a recording and its files', 204),
  operation('get', '/{recording}/files/{file}', 'A file of a recording, or a part of it'),
];
