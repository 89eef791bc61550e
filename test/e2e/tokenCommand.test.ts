import { describe, expect, it } from '@jest/globals';
import { AccessTokens } from '../../src/access/AccessTokens.ts';
import { EXIT } from '../../src/exitStatus.ts';
import { parleyCommand } from '../support/parleyCommand.ts';

const apiKey = 'key';
const apiSecret = 'a secret of more than thirty-two bytes';
const env = { PARLEY_API_KEY: apiKey, PARLEY_API_SECRET: apiSecret };
const tokens = new AccessTokens({ apiKey, apiSecret, open: false });
const create = ['token', 'create', '--room', 'standup', '--identity', 'ann'];

describe('parley token create', () => {
  it('prints a token that lets its bearer into the room', async () => {
    const { status, stdout, stderr } = await parleyCommand([...create, '--name', 'Ann', '--no-publish'], env);
    expect({ status, stderr }).toEqual({ status: EXIT.ended, stderr: '' });
    const token = stdout.trim();
    expect(await tokens.grantFor('standup', token)).toMatchObject({
      identity: 'ann',
      name: 'Ann',
      permissions: { canPublish: false, canSubscribe: true, roomAdmin: false },
    });
    await expect(tokens.grantFor('lobby', token)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(tokens.assertRoomAdmin('standup', token)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('makes an admin where that is asked for, for as long as it is told', async () => {
    const { stdout } = await parleyCommand([...create, '--admin', '--valid-for', '2d'], env);
    await tokens.assertRoomAdmin('standup', stdout.trim());
    const [, payload = ''] = stdout.split('.');
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
    expect(Math.abs(exp - Date.now() / 1000 - 2 * 86_400)).toBeLessThan(60);
  });

  it.each([
    ['no room', ['token', 'create', '--identity', 'ann'], env, '--room'],
    ['a room that cannot be', ['token', 'create', '--room', '../x', '--identity', 'ann'], env, 'name'],
    ['a time that is none', [...create, '--valid-for', 'soon'], env, '1h'],
    ['no key', create, {}, 'PARLEY_API_KEY'],
    ['no such command', ['tokens'], env, 'unknown command'],
  ])('says what is wrong: %s', async (_, args, settings, what) => {
    const { status, stdout, stderr } = await parleyCommand(args, settings);
    expect({ status, stdout }).toEqual({ status: EXIT.badConfiguration, stdout: '' });
    expect(stderr).toContain(what);
  });
});
