import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ReturnProofs } from '../../src/access/ReturnProofs.ts';
import { DEFAULT_SETTINGS, isReaction, type Standing } from '../../src/protocol/conduct.ts';
import type { PeerInfo } from '../../src/protocol/models.ts';
import { FormerStandings } from '../../src/sfu/conduct/FormerStandings.ts';
import { Lobby } from '../../src/sfu/conduct/Lobby.ts';
import { hashPassword, isPassword } from '../../src/sfu/conduct/password.ts';
import { PeerConduct } from '../../src/sfu/conduct/PeerConduct.ts';
import { permissionsIn, roleByGrant } from '../../src/sfu/conduct/roles.ts';
import { PeerPermissions } from '../../src/sfu/PeerPermissions.ts';
import { Whispers } from '../../src/sfu/Whispers.ts';
import { clientAddress } from '../../src/signaling/clientAddress.ts';
import { allPermissions } from '../support/testRooms.ts';

describe('a reaction', () => {
  it('is one sign that can be seen', () => {
    for (const sign of ['👍', '👍🏽', '❤️', '🇩🇪', '?', 'ä', 'a\u0308', '한'])
      expect([sign, isReaction(sign)]).toEqual([sign, true]);
    for (const sign of [
      '',
      ' ',
      'ab',
      '👍👍',
      '\n',
      '\u200b',
      '\ud83d',
      '\u0301',
      '👨‍👩‍👧‍👦',
      `a${'\u0301'.repeat(9)}`,
    ])
      expect([sign, isReaction(sign)]).toEqual([sign, false]);
  });
});

describe('a role', () => {
  it('comes from what is granted, and only takes away', () => {
    const admin = { ...allPermissions, roomAdmin: true };
    expect(roleByGrant(admin, { webinar: true })).toBe('host');
    expect(roleByGrant(allPermissions, { webinar: false })).toBe('speaker');
    expect(roleByGrant(allPermissions, { webinar: true })).toBe('viewer');
    expect(roleByGrant({ ...allPermissions, canPublish: false }, { webinar: false })).toBe('viewer');
    expect(permissionsIn(allPermissions, 'viewer', DEFAULT_SETTINGS).canPublish).toBe(false);
    expect(permissionsIn(allPermissions, 'host', DEFAULT_SETTINGS)).toEqual(allPermissions);
    const noScreens = { ...DEFAULT_SETTINGS, screenShare: false };
    expect(permissionsIn(allPermissions, 'speaker', noScreens).canPublishSources).toEqual([
      'microphone',
      'camera',
      'custom',
    ]);
    expect(permissionsIn(allPermissions, 'host', noScreens)).toEqual(allPermissions);
  });

  it('that lets somebody speak lowers its hand, and is told with what it may do', () => {
    const permissions = new PeerPermissions({ ...allPermissions, canPublish: false });
    const conduct = new PeerConduct(permissions);
    const told: string[] = [];
    conduct.on('changed', () => told.push('changed'));
    conduct.on('permissionsChanged', ({ canPublish }) => told.push(`may publish: ${String(canPublish)}`));
    conduct.begin({ role: 'viewer' }, DEFAULT_SETTINGS);
    conduct.stand({ handRaisedAt: 5 });
    conduct.stand({ handRaisedAt: 5 });
    conduct.stand({ role: 'speaker' });
    expect(conduct.standing).toEqual({});
    expect(told).toEqual(['changed', 'may publish: true', 'changed']);
    conduct.grant({ ...allPermissions, canPublish: false, roomAdmin: true });
    expect(conduct.role).toBe('viewer');
    expect(permissions.granted.roomAdmin).toBe(false);
  });

  it('by a token stays', () => {
    const conduct = new PeerConduct(new PeerPermissions({ ...allPermissions, roomAdmin: true }));
    conduct.begin({ role: 'host' }, DEFAULT_SETTINGS);
    expect(() => conduct.stand({ role: 'speaker' })).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(conduct.role).toBe('host');
  });
});

describe('a password', () => {
  it('is kept as a hash that differs each time', async () => {
    const [one, other] = await Promise.all([hashPassword('open sesame'), hashPassword('open sesame')]);
    expect(one).not.toBe(other);
    expect(one).not.toContain('sesame');
    expect(await isPassword('open sesame', one)).toBe(true);
    expect(await isPassword('Open sesame', one)).toBe(false);
    // However the keyboard composes it.
    expect(await isPassword('pa\u0308ss', await hashPassword('päss'))).toBe(true);
    for (const kept of ['', 'scrypt', 'scrypt$1$1$1$$', 'plain$open sesame'])
      expect(await isPassword('open sesame', kept)).toBe(false);
  });

  it('is not looked at where too many are', async () => {
    const kept = await hashPassword('x');
    const results = await Promise.allSettled(Array.from({ length: 9 }, () => isPassword('y', kept)));
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([
      expect.objectContaining({ reason: expect.objectContaining({ code: 'unavailable' }) }),
    ]);
    expect(await isPassword('x', kept)).toBe(true);
  });
});

describe('a proof', () => {
  it('is of one room and one peer, by one secret', () => {
    const proofs = new ReturnProofs('secret');
    const proof = proofs.issue('standup', 'ann');
    expect(proofs.read('standup', proof)).toBe('ann');
    expect(proofs.read('another', proof)).toBeUndefined();
    expect(proofs.read('standup', proof.replace('ann', 'bob'))).toBeUndefined();
    expect(new ReturnProofs('another secret').read('standup', proof)).toBeUndefined();
    for (const none of [undefined, '', 'ann', 'ann.', '.', 'ann.AAAA'])
      expect(proofs.read('standup', none)).toBeUndefined();
  });
});

describe('those who left', () => {
  const person = (peerId: string, standing: Standing & { identity?: string } = {}): PeerInfo => ({
    peerId,
    name: peerId,
    joinedAt: 1,
    producers: [],
    ...standing,
  });

  it('are remembered by who they are, with their hand where they were lost', () => {
    const former = new FormerStandings();
    former.left(person('ann', { role: 'host', handRaisedAt: 3 }), 'left');
    former.left(person('bob', { identity: 'bob@x', handRaisedAt: 4 }), 'timeout');
    expect(former.find(undefined, 'ann')).toMatchObject({ standing: { role: 'host' }, wasLost: false });
    expect(former.find(undefined, 'ann')?.standing.handRaisedAt).toBeUndefined();
    expect(former.find('bob@x', undefined)).toMatchObject({ standing: { handRaisedAt: 4 }, wasLost: true });
    expect(former.find(undefined, 'bob')).toBeUndefined();
    expect(former.find(undefined, undefined)).toBeUndefined();
    former.returned(undefined, 'ann');
    expect(former.find(undefined, 'ann')).toBeUndefined();
  });

  it('are forgotten when they are removed, and when there are too many', () => {
    const former = new FormerStandings();
    former.left(person('eve', { identity: 'eve', role: 'host' }), 'left');
    former.left(person('eve', { identity: 'eve' }), 'removed');
    expect(former.find('eve', undefined)).toBeUndefined();
    for (let count = 0; count < 600; count += 1) former.left(person(`p${count}`), 'left');
    expect(former.all).toHaveLength(500);
    expect(former.find(undefined, 'p0')).toBeUndefined();
    const other = new FormerStandings();
    other.merge(former.all);
    expect(other.find(undefined, 'p599')).toBeDefined();
  });
});

describe('a lobby', () => {
  it('holds as many as it may, and lets each in once', () => {
    const lobby = new Lobby({ maxWaiting: 2, waitingTimeout: 60_000 });
    const ann = lobby.knock({ name: 'Ann' });
    lobby.heardElsewhere('north', [{ knockId: 'far', name: 'Far', since: 1 }]);
    expect(lobby.waiting.map(({ name }) => name)).toEqual(['Far', 'Ann']);
    expect(() => lobby.knock({ name: 'Bob' })).toThrow(expect.objectContaining({ code: 'limitExceeded' }));
    expect(lobby.take(ann.token)).toBe(false);
    expect(lobby.answer(['unknown'], 'admitted')).toBe(0);
    expect(lobby.answer(undefined, 'admitted')).toBe(1);
    expect(lobby.here).toEqual([]);
    expect([lobby.take(ann.token), lobby.take(ann.token), lobby.size]).toEqual([true, false, 0]);
    lobby.close();
    expect(() => lobby.knock({ name: 'Cid' })).toThrow(expect.objectContaining({ code: 'limitExceeded' }));
  });
});

describe('whispers', () => {
  it('are for two, and not kept for ever', () => {
    const whispers = new Whispers(2);
    const say = (peerId: string, to: string, text: string) =>
      whispers.add({ messageId: text, peerId, name: peerId, text, sentAt: 1, to }, to);
    say('ann', 'bob', 'one');
    say('bob', 'ann', 'two');
    expect(whispers.of('ann').map(({ text }) => text)).toEqual(['one', 'two']);
    expect(whispers.of('cid')).toEqual([]);
    say('cid', 'ann', 'three');
    expect(whispers.of('bob').map(({ text }) => text)).toEqual(['two']);
    say('cid', 'ann', 'x'.repeat(300_000));
    expect(whispers.of('ann')).toEqual([]);
  });
});

describe('a client’s address', () => {
  const request = (forwarded?: string | string[]): IncomingMessage =>
    ({
      socket: { remoteAddress: '10.0.0.1' },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    }) as unknown as IncomingMessage;

  it('is what trusted proxies say, and nobody else', () => {
    expect(clientAddress(request(), 1)).toBe('10.0.0.1');
    expect(clientAddress(request('1.1.1.1'), 0)).toBe('10.0.0.1');
    expect(clientAddress(request('6.6.6.6, 1.1.1.1'), 1)).toBe('1.1.1.1');
    expect(clientAddress(request(['6.6.6.6', '1.1.1.1, 10.0.0.2']), 2)).toBe('1.1.1.1');
    expect(clientAddress(request('nonsense'), 1)).toBe('10.0.0.1');
  });
});
