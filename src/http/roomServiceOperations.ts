import { roomServiceRequests, type RoomServiceMethod } from '../livekit/requests.ts';
import { roomServiceNotes, roomServiceResponses } from '../livekit/responses.ts';
import type { ApiOperation } from './openApi.ts';

/** LiveKit's room service. */
export const roomServiceOperations = (Object.keys(roomServiceRequests) as RoomServiceMethod[]).map(
  (method): ApiOperation => ({
    method: 'post',
    path: `/twirp/livekit.RoomService/${method}`,
    tag: 'Rooms and participants',
    summary: roomServiceNotes[method][0],
    grant: roomServiceNotes[method][1],
    request: roomServiceRequests[method],
    status: 200,
    response: roomServiceResponses[method],
    errors: 'twirp',
  }),
);
