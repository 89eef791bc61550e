import { describe, expect, it } from '@jest/globals';
import { chooseNode, type PlacementFacts } from '../../src/cluster/chooseNode.ts';
import type { NodeInfo } from '../../src/cluster/cluster.ts';
import { httpOrigin } from '../../src/settingValues.ts';

function node(id: string, over: Partial<NodeInfo> = {}): NodeInfo {
  return {
    id,
    address: '192.0.2.1',
    region: null,
    capacity: 100,
    url: `https://${id}.example.org`,
    peers: 0,
    cpu: 0,
    accepting: true,
    ...over,
  };
}

const here = node('here');
const there = node('there');
const yonder = node('yonder');

function chosen(over: Partial<PlacementFacts>): string {
  const facts = {
    policy: 'room' as const,
    room: 'standup',
    region: null,
    self: here,
    others: [there, yonder],
    members: new Set<string>(),
    ...over,
  };
  return chooseNode(facts)?.id ?? 'stays';
}

describe('where a client that joins is sent', () => {
  it('is nowhere without a policy', () => {
    expect(chosen({ policy: 'off', members: new Set(['there']) })).toBe('stays');
  });

  it('is the node that has its room', () => {
    expect(chosen({ members: new Set(['yonder']) })).toBe('yonder');
    expect(chosen({ members: new Set(['here', 'yonder']) })).toBe('stays');
  });

  it('is the less loaded one of those that have its room, and another one once they are full', () => {
    const members = new Set(['there', 'yonder']);
    expect(chosen({ members, others: [node('there', { cpu: 0.6 }), yonder] })).toBe('yonder');
    expect(chosen({ members, others: [there, node('yonder', { peers: 60 })] })).toBe('there');
    const full = [node('there', { peers: 95 }), node('yonder', { cpu: 0.95 })];
    expect(chosen({ members, others: full })).toBe('stays');
    expect(chosen({ members: new Set(['here']), self: node('here', { peers: 90 }), others: [there] })).toBe(
      'there',
    );
  });

  it('is the same node for all people of a new room, wherever they come, and not the same for all rooms', () => {
    const nodes = [here, there, yonder];
    const homes = Array.from({ length: 50 }, (_, index) => {
      const room = `room-${index}`;
      const places = nodes.map((self) => {
        const others = nodes.filter((one) => one !== self);
        return (
          chooseNode({
            policy: 'room',
            room,
            region: null,
            self,
            others,
            members: new Set(),
          })?.id ?? self.id
        );
      });
      expect(new Set(places).size).toBe(1);
      return places[0];
    });
    expect(new Set(homes).size).toBe(3);
  });

  it('is the least loaded node by load alone, whoever has the room, when it is clearly less', () => {
    const policy = 'load';
    const members = new Set(['there']);
    expect(chosen({ policy, members })).toBe('stays');
    const busy = node('here', { peers: 50 });
    expect(chosen({ policy, members, self: busy, others: [node('there', { peers: 45 }), yonder] })).toBe(
      'yonder',
    );
    expect(chosen({ policy, members, self: busy, others: [node('there', { peers: 45 })] })).toBe('stays');
  });

  it('is in the client’s region, else in that of the node it came to, else anywhere', () => {
    const policy = 'region';
    const self = node('here', { region: 'eu' });
    const others = [node('there', { region: 'us' }), node('yonder', { region: 'us' })];
    const members = new Set(['here', 'there']);
    expect(chosen({ policy, self, others, members, region: 'us' })).toBe('there');
    expect(chosen({ policy, self, others, members: new Set(['there']) })).toBe('stays');
    expect(chosen({ policy, self, others, members: new Set(['there']), region: 'asia' })).toBe('there');
    const full = others.map((one) => ({ ...one, accepting: false }));
    expect(chosen({ policy, self, others: full, members, region: 'us' })).toBe('stays');
  });

  it('is a node that clients reach and that takes them', () => {
    const members = new Set(['there']);
    expect(chosen({ members, others: [node('there', { url: null })] })).toBe('stays');
    expect(chosen({ members, others: [node('there', { accepting: false })] })).toBe('stays');
  });

  it('is elsewhere while this node ends, and nowhere when nobody takes it', () => {
    const self = node('here', { accepting: false });
    expect(chosen({ self, others: [there], members: new Set(['here']) })).toBe('there');
    expect(chosen({ self, others: [node('there', { accepting: false })] })).toBe('stays');
  });
});

describe('the URL of a node', () => {
  it.each(['https://north.example.org', 'http://192.0.2.1:3000', 'https://[2001:db8::1]:8443'])(
    'may be %s',
    (url) => {
      expect(httpOrigin.parse(url)).toBe(url);
    },
  );

  it.each([
    'north.example.org',
    'wss://north.example.org',
    'https://north.example.org/',
    'https://North.example.org',
  ])('may not be %s', (url) => {
    expect(httpOrigin.safeParse(url).success).toBe(false);
  });
});
