import { z } from 'zod';
import { knocksAnswerSchema, settingsChangeSchema } from '../protocol/conductRequests.ts';
import type { ApiOperation } from './openApi.ts';

/** What an operator may set besides what hosts may. */
export const operatorSettings = settingsChangeSchema
  .extend({
    firstIsHost: z
      .boolean()
      .optional()
      .describe('on an open server: whether the first who comes without an identity is host'),
  })
  .strict();
export const knocksAnswer = knocksAnswerSchema.strict();

const settings = z.object({
  settings: z.object({
    webinar: z.boolean(),
    locked: z.boolean(),
    waitingRoom: z.boolean(),
    hasPassword: z.boolean(),
    chat: z.boolean(),
    screenShare: z.boolean(),
    unmute: z.boolean(),
    maxFileSize: z.number().int().describe('bytes; 0: no files'),
  }),
});
const waiting = z.object({
  waiting: z.array(
    z.object({
      knockId: z.string(),
      name: z.string(),
      identity: z.string().optional(),
      since: z.number().describe('ms since the epoch'),
    }),
  ),
});

const operation = (
  method: ApiOperation['method'],
  path: string,
  summary: string,
  rest: Partial<ApiOperation>,
): ApiOperation => ({
  method,
  path: `/api/rooms/{room}/${path}`,
  tag: 'Who may do what',
  summary,
  grant: '`roomAdmin` for the room',
  status: 200,
  errors: 'parley',
  ...rest,
});

/** What `conductRoutes` serves. */
export const conductOperations: readonly ApiOperation[] = [
  operation('get', 'settings', 'What is set of a room', { response: settings }),
  operation('post', 'settings', 'Sets something of a room, which is made when it is not there', {
    request: operatorSettings,
    response: settings,
  }),
  operation('get', 'waiting', 'Who waits to be let in', { response: waiting }),
  operation('post', 'waiting', 'Admits or turns away those who wait', {
    request: knocksAnswer,
    response: z.object({ answered: z.number().int() }),
  }),
];
