import type { ApiOperation } from './openApi.ts';

const operation = (path: string, summary: string): ApiOperation => ({
  method: 'get',
  path,
  tag: 'Events',
  summary,
  grant: '`roomAdmin`, without a room',
  status: 200,
  errors: 'parley',
});

/** What `eventRoutes` serves. */
export const eventOperations: readonly ApiOperation[] = [
  {
    ...operation('/api/events', 'The events that happened, in order'),
    query: { after: 'the `seq` of the last one that is known; 0: from the first', limit: 'events at most' },
  },
  operation('/api/webhooks', 'How the receivers of webhooks are doing'),
];
