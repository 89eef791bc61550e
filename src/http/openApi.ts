import { z } from 'zod';

/** One route of the API as its document tells of it. */
export interface ApiOperation {
  method: 'get' | 'post' | 'delete';
  /** With its parameters in braces. */
  path: string;
  tag: string;
  summary: string;
  /** What the bearer's token must grant; absent where none is needed. */
  grant?: string;
  request?: z.ZodType;
  /** What may be said in the query: name and meaning. */
  query?: Readonly<Record<string, string>>;
  status: 200 | 201 | 202 | 204;
  /** Absent where it is any JSON object. */
  response?: z.ZodType;
  /** The shape of errors. */
  errors: 'parley' | 'twirp';
}

const ERRORS = {
  parley: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: { code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
  twirp: {
    type: 'object',
    required: ['code', 'msg'],
    properties: { code: { type: 'string' }, msg: { type: 'string' } },
  },
} as const;

const ANY_OBJECT = { 'application/json': { schema: { type: 'object' } } };

/** An OpenAPI document (OpenAPI Specification 3.1.1), whose schemas are those with which requests are checked. */
export function openApiDocument(operations: readonly ApiOperation[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Parley server API',
      version,
      description:
        'For other servers: rooms, participants, and how they are doing. The routes under `/twirp` have the shapes of LiveKit’s RoomService.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token in LiveKit’s shape, HS256, signed with the server’s secret.',
        },
      },
      schemas: { ParleyError: ERRORS.parley, TwirpError: ERRORS.twirp },
    },
  };
}

function describe(operation: ApiOperation) {
  const { method, path, tag, summary, grant, request, query = {}, status, response, errors } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(query).map(([name, description]) => ({
      ...{ name, in: 'query', description },
      schema: { type: 'string' },
    })),
  ];
  const schema = `#/components/schemas/${errors === 'twirp' ? 'TwirpError' : 'ParleyError'}`;
  const error = { 'application/json': { schema: { $ref: schema } } };
  return {
    operationId: `${method}/${path}`
      .replaceAll(/[{}]/g, '')
      .split('/')
      .filter(Boolean)
      .join('_')
      .replaceAll('.', '_'),
    tags: [tag],
    summary,
    ...(grant === undefined
      ? { security: [] }
      : { description: `Needs a token that grants ${grant}.`, security: [{ accessToken: [] }] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(request ? { requestBody: { required: true, content: json(request, 'input') } } : {}),
    responses: {
      [status]: {
        description: status === 202 ? 'It has begun.' : 'Done.',
        ...(status === 204 ? {} : { content: response ? json(response, 'output') : ANY_OBJECT }),
      },
      default: { description: 'An error, with a code for programs.', content: error },
    },
  };
}

function json(schemaOf: z.ZodType, io: 'input' | 'output') {
  // The document says itself in which dialect its schemas are (OpenAPI 3.1, 4.8.24.5).
  const schema = Object.entries(z.toJSONSchema(schemaOf, { io, unrepresentable: 'any' }));
  return {
    'application/json': { schema: Object.fromEntries(schema.filter(([name]) => name !== '$schema')) },
  };
}
