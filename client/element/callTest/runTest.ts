import type { Request } from '../requests.ts';
import type { VisitOptions } from '../visitTypes.ts';

/** Tests the network for a visit; what it takes is loaded by those who ask. @throws as `testNetwork`. */
export async function runTest(
  { url, room, token, tokenSource }: Pick<VisitOptions, 'url' | 'room' | 'token' | 'tokenSource'>,
  { signal, onReport }: Extract<Request, { type: 'testNetwork' }>,
): Promise<void> {
  const { testNetwork } = await import('../../lib/networkTest/testNetwork.ts');
  await testNetwork({
    ...{ url, room, signal, onReport },
    ...(token === '' ? {} : { token }),
    ...(tokenSource ? { tokenSource } : {}),
  });
}
