import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { z } from 'zod';
import type { ClockFact, ServerFact } from '../facts.ts';

/** ms. */
const DEADLINE = 5000;
/** Bytes of an answer that are read. */
const LONGEST = 1_000_000;
/** ms by which a clock that is read from an HTTP header may be off: it has whole seconds. */
const HEADER_STEP = 1000;

const healthSchema = z.object({
  ready: z.boolean(),
  draining: z.boolean().default(false),
  workers: z.array(
    z.object({ port: z.number().int(), pid: z.number().int().default(0), alive: z.boolean().default(true) }),
  ),
});

/** Asks a server how it is, and by its answer what time it is there. */
export async function askHealth(url: string): Promise<{ server: ServerFact; clock: ClockFact | undefined }> {
  const begun = Date.now();
  let answer: { body: string; date: string | undefined };
  try {
    answer = await get(`${url}/readyz`);
  } catch (error) {
    return { server: { state: 'absent', url, reason: (error as Error).message }, clock: undefined };
  }
  const took = Date.now() - begun;
  const health = healthSchema.safeParse(parseJson(answer.body));
  if (!health.success) {
    return { server: { state: 'absent', url, reason: 'another program answers' }, clock: undefined };
  }
  const { ready, draining, workers } = health.data;
  const there = Date.parse(answer.date ?? '');
  return {
    server: {
      state: 'running',
      url,
      isReady: ready,
      isDraining: draining,
      workers: workers.map(({ pid }) => pid),
      mediaPorts: [...new Set(workers.filter(({ alive }) => alive).map(({ port }) => port))],
    },
    clock: Number.isNaN(there)
      ? undefined
      : {
          source: `the clock of ${url}`,
          // On the mean, the header is half a second old, and half of the way.
          ahead: Math.round(begun + took / 2 - (there + HEADER_STEP / 2)),
          accuracy: HEADER_STEP + took,
        },
  };
}

async function get(url: string): Promise<{ body: string; date: string | undefined }> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      // Its certificate is looked at by itself.
      { rejectUnauthorized: false, signal: AbortSignal.timeout(DEADLINE), agent: false },
      (response) => void read(response).then(resolve, reject),
    );
    asked.on('error', (error) => {
      const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
      reject(isLate ? new Error(`no answer within ${DEADLINE} ms`) : error);
    });
    asked.end();
  });
}

async function read(response: IncomingMessage): Promise<{ body: string; date: string | undefined }> {
  let body = '';
  for await (const chunk of response) {
    body += String(chunk);
    if (body.length > LONGEST) throw new Error('the answer is too long');
  }
  return { body, date: response.headers.date };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
