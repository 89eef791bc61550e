import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Drain } from '../../src/cluster/Drain.ts';
import { AccessTokens } from '../../src/access/AccessTokens.ts';
import { openDoors } from '../../src/doors.ts';
import { silentLogger } from '../../src/support/logger.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { doorsOptions } from '../support/testDoors.ts';
import { API_KEY, API_SECRET, SignalingHarness } from '../support/signalingHarness.ts';
import { createRegistry, createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await SignalingHarness.start(pool, { open: false });
});
afterEach(() => harness.close());

interface Operation {
  operationId: string;
  security: unknown[];
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: { type: string; properties: object } }> };
  responses: Record<string, { description: string; content: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}
interface Layer {
  route?: { path: string; methods?: Record<string, boolean>; stack: { method?: string }[] };
}

describe('the document of the API', () => {
  const read = async (): Promise<Document> =>
    (await fetch(`${harness.url}/api/openapi.json`)).json() as Promise<Document>;

  it('is OpenAPI 3.1, and whole', async () => {
    const { openapi, paths, components } = await read();
    expect(openapi).toMatch(/^3\.1\.\d$/);
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    const ids = all.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of all) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(
        (operation.parameters ?? []).flatMap(({ name, in: place }) => (place === 'path' ? name : [])),
      ).toEqual(named);
      expect(Object.keys(operation.responses)).toContain('default');
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(description).not.toBe('');
        // RFC 9110 section 15.3.5: there is no content.
        if (status !== '204') expect(content['application/json']?.schema).toBeDefined();
      }
      for (const need of operation.security)
        for (const scheme of Object.keys(need as object))
          expect(Object.keys(components.securitySchemes)).toContain(scheme);
    }
    const references = JSON.stringify(paths).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
    for (const [, name = ''] of references) expect(components.schemas[name]).toBeDefined();
  });

  it('has the fields of requests as they are checked', async () => {
    const { paths } = await read();
    const { requestBody } = paths['/twirp/livekit.RoomService/CreateRoom']?.['post'] ?? {};
    expect(Object.keys(requestBody?.content['application/json']?.schema.properties ?? {})).toEqual([
      'name',
      'emptyTimeout',
      'departureTimeout',
      'maxParticipants',
      'metadata',
    ]);
  });

  it('tells of every route', async () => {
    const registry = createRegistry(pool);
    const tokens = new AccessTokens({ apiKey: API_KEY, apiSecret: API_SECRET, open: false });
    const drain = new Drain({ rooms: registry, deadline: 1000, logger: silentLogger });
    const { routes, operations } = openDoors(doorsOptions({ rooms: registry, drain, tokens }));
    const served = routes
      .flatMap(({ stack }) => stack as unknown as Layer[])
      .flatMap(({ route }) => (route ? route.stack.map(({ method = '' }) => `${method} ${route.path}`) : []))
      // Files of the page that shows it.
      // and what RFC 9725 describes.
      .filter((route) => !/^get \/api\/docs|\/wh[ie]p\//.test(route))
      .flatMap((route) =>
        route.includes(':method') ? [] : [route.replaceAll(/:(\w+)/g, (_, name: string) => `{${name}}`)],
      );
    expect(served.length).toBeGreaterThan(4);
    const told = operations.map(({ method, path }) => `${method} ${path}`);
    const others = told.filter((one) => !one.includes('/twirp/'));
    expect([...new Set(served)].sort()).toEqual(others.sort());
    const methods = told.filter((one) => one.startsWith('post /twirp/livekit.RoomService/'));
    expect(methods).toHaveLength(13);
    const { paths } = await read();
    for (const { method, path } of operations) expect(paths[path]?.[method]).toBeDefined();
    registry.close();
  });

  it('is shown by a page whose scripts all come from here', async () => {
    const page = await fetch(`${harness.url}/api/docs`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const html = await page.text();
    expect(html).not.toMatch(/<script>|<script [^>]*>[^<]|https?:/);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files).toHaveLength(3);
    for (const file of files) {
      const response = await fetch(`${harness.url}${file}`);
      expect([file, response.status]).toEqual([file, 200]);
      await response.arrayBuffer();
    }
  });
});

describe('pages of other origins', () => {
  const asked = async (origin: string, path = '/twirp/livekit.RoomService/ListRooms') => {
    const response = await fetch(`${harness.url}${path}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    return response.headers.get('access-control-allow-origin');
  };

  it('may call the API where that is allowed', async () => {
    expect(await asked('https://good.example')).toBe('https://good.example');
    expect(await asked('https://good.example', '/api/drain')).toBe('https://good.example');
    expect(await asked('https://bad.example')).toBeNull();
  });
});

describe('who guesses tokens', () => {
  it('is stopped after some attempts, also with a right one', async () => {
    const call = (token: string) =>
      fetch(`${harness.url}/twirp/livekit.RoomService/ListRooms`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 31; attempt += 1) statuses.push((await call(`guess${attempt}`)).status);
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
    const last = await call('guess');
    expect([last.status, Number(last.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(await last.json()).toMatchObject({ code: 'resource_exhausted' });
    const other = await fetch(`${harness.url}/api/drain`, { method: 'POST' });
    expect(other.status).toBe(429);
  });
});
