import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpApp } from '../../src/http/createHttpApp.ts';
import { createServer, listen, readTlsFiles } from '../../src/http/listen.ts';
import { selfSignedCertificate } from '../../src/http/selfSigned.ts';
import { isOriginAllowed } from '../../src/signaling/origins.ts';
import { silentLogger } from '../../src/support/logger.ts';

let directory: string;
let server: Server;
let url: string;
let ready = true;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-http-'));
  mkdirSync(join(directory, 'assets'));
  mkdirSync(join(directory, 'sdk'));
  const files = {
    'index.html': 'the landing',
    'room.html': 'the room',
    'frame.html': 'the room in a frame',
    'embed.js': 'embed',
    'sdk/parley.js': 'sdk',
    'assets/chunk-abc.js': 'chunk',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
});
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(async () => {
  const app = createHttpApp({
    staticDir: directory,
    secure: false,
    trustProxy: 0,
    embedOrigins: ['https://www.example.com'],
    health: () => ({ ready, rooms: 0 }),
    doors: [],
    logger: silentLogger,
  });
  server = createServer(app);
  url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('pages', () => {
  it('are the landing page and the room page of every rightful name', async () => {
    expect(await (await fetch(url)).text()).toBe('the landing');
    for (const room of ['standup', 'A-b_c.d~1', 'x'.repeat(64)]) {
      const response = await fetch(`${url}/r/${room}?name=Ann`);
      expect(await response.text()).toBe('the room');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('are in nobody’s frame but the server’s own, except for the one that is made for it', async () => {
    const ancestors = async (path: string): Promise<string | undefined> =>
      /frame-ancestors ([^;]*)/.exec(
        (await fetch(url + path)).headers.get('content-security-policy') ?? '',
      )?.[1];
    for (const path of ['/', '/r/standup', '/nothing', '/r/standup?/embed/x']) {
      expect((await ancestors(path))?.trim()).toBe("'self'");
    }
    expect(await ancestors('/embed/standup')).toBe("'self' https://www.example.com");
    const response = await fetch(`${url}/embed/standup`);
    expect(await response.text()).toBe('the room in a frame');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect((await fetch(`${url}/embed/a%20b`)).status).toBe(400);
  });

  it('say in plain words that a room name will not do', async () => {
    for (const room of ['a%20b', '%3Cscript%3E', 'x'.repeat(65), '%E0%A4%A']) {
      const response = await fetch(`${url}/r/${room}`, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('<script');
    }
  });

  it('carry a policy that keeps foreign scripts out', async () => {
    const { headers } = await fetch(url);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('permissions-policy')).toContain('camera=');
  });
});

describe('the SDK and the element', () => {
  it('may be loaded from other origins', async () => {
    for (const path of ['/sdk/parley.js', '/embed.js', '/assets/chunk-abc.js']) {
      const { status, headers } = await fetch(url + path);
      expect(status).toBe(200);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(headers.get('content-type')).toContain('javascript');
    }
  });

  it('are kept for ever when their name has a hash, and asked for anew otherwise', async () => {
    const cached = async (path: string) => (await fetch(url + path)).headers.get('cache-control');
    expect(await cached('/assets/chunk-abc.js')).toContain('immutable');
    expect(await cached('/embed.js')).toBe('no-cache');
  });
});

describe('everything else', () => {
  it('is answered with a code for programs and a page for people', async () => {
    const program = await fetch(`${url}/api/nothing`, { headers: { accept: 'text/html' } });
    expect([program.status, await program.json()]).toEqual([
      404,
      { error: { code: 'notFound', message: expect.any(String) } },
    ]);
    const person = await fetch(`${url}/nothing`, { headers: { accept: 'text/html' } });
    expect(person.status).toBe(404);
    expect(await person.text()).toContain('Nothing here');
    expect((await fetch(`${url}/..%2f..%2fetc/passwd`)).status).toBeGreaterThanOrEqual(400);
  });

  it('tells health and readiness', async () => {
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    ready = false;
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { ready: false, rooms: 0 }]);
    ready = true;
  });
});

describe('listening', () => {
  it('says in one line that the port is in use', async () => {
    const { port } = server.address() as AddressInfo;
    await expect(
      listen(
        createServer(() => undefined),
        port,
        '127.0.0.1',
      ),
    ).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(new RegExp(`port ${port}: the port is in use$`)),
    });
  });

  it('names a certificate that cannot be read or used', () => {
    expect(() => readTlsFiles('/nowhere/cert.pem', '/nowhere/key.pem')).toThrow(
      '/nowhere/cert.pem: no such file',
    );
    expect(() => createServer(() => undefined, { cert: 'x', key: 'y' })).toThrow(
      'the certificate cannot be used',
    );
  });

  it('refuses a certificate of another key, and empty files', async () => {
    const [one, other] = await Promise.all(
      ['one', 'other'].map((name) => selfSignedCertificate(['localhost'], join(directory, name))),
    );
    const refused = [
      { cert: one!.cert, key: other!.key },
      { cert: one!.cert, key: '' },
      { cert: '', key: one!.key },
      { cert: '', key: '' },
    ];
    for (const tls of refused) {
      expect(() => createServer(() => undefined, tls)).toThrow(
        expect.objectContaining({ code: 'badRequest', message: expect.stringContaining('cannot be used') }),
      );
    }
  });

  it('names the directory in which it cannot keep its own certificate', async () => {
    const file = join(directory, 'index.html');
    await expect(selfSignedCertificate(['localhost'], join(file, 'tls'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(file),
    });
  });

  it('serves HTTPS with a certificate that it signs itself, once', async () => {
    const names = ['localhost', '127.0.0.1'];
    const tls = await selfSignedCertificate(names, join(directory, 'tls'));
    expect(await selfSignedCertificate(names, join(directory, 'tls'))).toEqual(tls);
    const other = await selfSignedCertificate([...names, '192.0.2.9'], join(directory, 'tls'));
    expect(other.cert).not.toBe(tls.cert);
    const secure = createServer((_request, response) => response.end('safe'), other);
    const port = await listen(secure, 0, '127.0.0.1');
    const body = await new Promise<string>((resolve, reject) => {
      request({ port, host: '127.0.0.1', servername: 'localhost', ca: other.cert }, (response) => {
        response.on('data', (chunk: Buffer) => resolve(chunk.toString()));
      })
        .on('error', reject)
        .end();
    });
    expect(body).toBe('safe');
    secure.closeAllConnections();
    secure.close();
    const key = join(directory, 'tls', 'key.pem');
    expect(execFileSync('stat', ['-c', '%a', key]).toString().trim()).toBe('600');
  });
});

describe('origins', () => {
  const allow = (
    origin: string,
    headers: Record<string, string>,
    allowed: string[] = [],
    behindProxy = false,
  ) => isOriginAllowed(origin, { headers } as never, { allowed, behindProxy });

  it('are the own one and those that are allowed', () => {
    expect(allow('https://meet.example', { host: 'meet.example' })).toBe(true);
    expect(allow('https://evil.example', { host: 'meet.example' })).toBe(false);
    expect(allow('https://www.example', { host: 'meet.example' }, ['https://www.example'])).toBe(true);
    expect(allow('https://any.example', { host: 'meet.example' }, ['*'])).toBe(true);
    expect(allow('null', { host: 'meet.example' })).toBe(false);
  });

  it('are compared with the forwarded host behind a proxy only', () => {
    const headers = { host: 'inside:3000', 'x-forwarded-host': 'meet.example' };
    expect(allow('https://meet.example', headers)).toBe(false);
    expect(allow('https://meet.example', headers, [], true)).toBe(true);
    const twice = { host: 'inside:3000', 'x-forwarded-host': 'meet.example, middle:80' };
    expect(allow('https://meet.example', twice, [], true)).toBe(true);
  });
});
