import { describe, expect, it } from '@jest/globals';
import { checkTarget } from '../../loadtest/agent/checkTarget.ts';
import { names } from './support/callCli.ts';

describe('the hosts that an agent loads', () => {
  const lookup = (host: string): Promise<string[]> =>
    host === 'lan.test' ? Promise.resolve(['192.168.1.5', 'fd00::5']) : names.lookup(host);
  const check = (url: string, ...allow: string[]): Promise<void> =>
    checkTarget(url, allow, { ...names, lookup });

  it.each([
    'http://localhost:3000',
    'http://me.test',
    'http://lan.test',
    'https://10.1.2.3',
    'http://172.31.0.1',
    'http://[fd00::1]:3000',
    'http://[fe80::1]',
    'http://[::ffff:192.168.1.1]',
    'http://[::1]',
  ])('are such as %s', async (url) => {
    await expect(check(url)).resolves.toBeUndefined();
  });

  it.each([
    'http://far.test',
    'http://both.test',
    'http://203.0.113.5',
    'http://0xcb007105',
    'http://172.32.0.1',
    'http://169.254.169.254',
    'http://100.64.0.1',
    'http://[2001:db8::1]',
    'http://[::ffff:203.0.113.5]',
    'http://nowhere.test',
  ])('are not such as %s', async (url) => {
    await expect(check(url)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['http://far.test:3000', 'far.test'],
    ['http://FAR.test.', 'Far.Test'],
    ['http://far.test', '203.0.113.5'],
    ['http://both.test', '203.0.113.5'],
    ['http://[2001:db8:0::1]', '2001:DB8::1'],
    ['http://[2001:db8::1]', '[2001:db8::1]'],
  ])('are %s after --allow %s', async (url, allow) => {
    await expect(check(url, allow)).resolves.toBeUndefined();
  });

  it('are not those whose name only looks like one that is allowed', async () => {
    await expect(check('http://far.test', 'test')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(check('http://far.test', 'not-far.test')).rejects.toMatchObject({
      message: expect.stringMatching(/^far\.test \(203\.0\.113\.5\) is neither .* --allow far\.test$/),
    });
  });
});
