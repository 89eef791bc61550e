import { z } from 'zod';

/** One route of the API as its document tells of it. */
export interface ApiOperation {
  method: 'get' | 'post';
  /** With its parameters in braces. */
  path: string;
  tag: string;
  summary: string;
  /** What the bearer's token must grant; absent where none is needed. */
  grant?: string;
  request?: z.ZodType;
  status: 200 | 202;
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

function describe({ path, tag, summary, grant, request, status, response, errors }: ApiOperation) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const schema = `#/components/schemas/${errors === 'twirp' ? 'TwirpError' : 'ParleyError'}`;
  const error = { 'application/json': { schema: { $ref: schema } } };
  return {
    operationId: path.replaceAll(/[{}]/g, '').split('/').filter(Boolean).join('_').replaceAll('.', '_'),
    tags: [tag],
    summary,
    ...(grant === undefined
      ? { security: [] }
      : { description: `Needs a token that grants ${grant}.`, security: [{ accessToken: [] }] }),
    ...(names.length > 0 ? { parameters: names.map(parameter) } : {}),
    ...(request ? { requestBody: { required: true, content: json(request, 'input') } } : {}),
    responses: {
      [status]: {
        description: status === 202 ? 'It has begun.' : 'Done.',
        content: response ? json(response, 'output') : { 'application/json': { schema: { type: 'object' } } },
      },
      default: { description: 'An error, with a code for programs.', content: error },
    },
  };
}

const parameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });

function json(schemaOf: z.ZodType, io: 'input' | 'output') {
  // The document says itself in which dialect its schemas are (OpenAPI 3.1, 4.8.24.5).
  const schema = Object.entries(z.toJSONSchema(schemaOf, { io, unrepresentable: 'any' }));
  return {
    'application/json': { schema: Object.fromEntries(schema.filter(([name]) => name !== '$schema')) },
  };
}
