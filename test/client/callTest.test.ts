import { describe, expect, it } from '@jest/globals';
import { judge, portsText, verdict, type Check } from '../../client/element/callTest/judge.ts';
import { text } from '../../client/element/text.ts';
import { answerSdp } from '../../client/lib/networkTest/answerSdp.ts';
import { NOTHING_YET, type NetworkReport } from '../../client/lib/networkTest/networkReport.ts';

type Routes = NetworkReport['routes'];

const found = (
  [udp, tcp, relay]: [Routes['udp'], Routes['tcp'], Routes['relay']],
  change: Partial<NetworkReport> = {},
): Record<string, Check> & { all: readonly Check[] } => {
  const all = judge({
    routes: { udp, tcp, relay },
    ports: [40_001, 40_000],
    ...{ roundTripTime: 20, downlink: 20e6, uplink: 5e6 },
    ...change,
  });
  return { ...Object.fromEntries(all.map((check) => [check.name, check])), all } as unknown as Record<
    string,
    Check
  > & { all: readonly Check[] };
};

const grades = ({ all }: { all: readonly Check[] }): string[] =>
  all.slice(0, 3).map(({ grade, result }) => `${grade}: ${result}`);

describe('what a test of the network means', () => {
  it('is not known at first, and a blocked way is not called so before it is clear what is taken instead', () => {
    expect(judge(NOTHING_YET).map(({ grade }) => grade)).toEqual(Array<string>(6).fill('testing'));
    expect(verdict(judge(NOTHING_YET))).toMatchObject({ grade: 'testing', advice: [] });
    expect(found(['failed', 'testing', 'testing'])['udp']?.grade).toBe('testing');
    expect(found(['works', 'testing', 'testing'])['udp']?.grade).toBe('good');
  });

  it('is good where UDP works, whatever else there is', () => {
    for (const routes of [
      ['works', 'works', 'works'],
      ['works', 'failed', 'failed'],
      ['works', 'works', 'missing'],
    ] as const) {
      const checks = found([...routes]);
      expect(verdict(checks.all)).toEqual({
        grade: 'good',
        sentence: text.networkVerdictGood,
        advice: [
          text.networkUdpWorks,
          text.networkRoundTripGood,
          text.networkDownlinkGood,
          text.networkUplinkGood,
        ],
      });
    }
    expect(grades(found(['works', 'failed', 'missing']))).toEqual([
      'good: Good',
      'absent: Blocked',
      'absent: None',
    ]);
  });

  it('is limited where only a detour works, and says which and what helps', () => {
    const tcp = found(['failed', 'works', 'missing']);
    expect(grades(tcp)).toEqual(['failed: Blocked', 'good: Good', 'absent: None']);
    expect(tcp['tcp']?.about).toBe(text.networkTaken);
    expect(verdict(tcp.all)).toMatchObject({
      grade: 'limited',
      advice: [text.networkUdpBlocked('40000–40001', 'tcp')],
    });
    const relay = found(['failed', 'failed', 'works']);
    expect(relay['relay']?.about).toBe(text.networkTaken);
    expect(verdict(relay.all).advice).toEqual([text.networkUdpBlocked('40000–40001', 'relay')]);
  });

  it('is that no call gets through where no way works', () => {
    const unknown = { roundTripTime: null, downlink: null, uplink: null };
    const { all } = found(['failed', 'failed', 'missing'], unknown);
    expect(verdict(all)).toEqual({
      grade: 'failed',
      sentence: text.networkVerdictFailed,
      advice: [text.networkUdpBlocked('40000–40001', null), text.networkRelayWanted],
    });
    expect(verdict(found(['failed', 'failed', 'failed'], unknown).all).advice.at(-1)).toBe(
      text.networkRelayBlocked,
    );
    expect(all.at(-1)).toMatchObject({ grade: 'absent', result: text.networkUnknown });
  });

  it.each([
    [{ roundTripTime: 300 }, 'roundTripTime', 'good', '300 ms', () => text.networkRoundTripGood],
    [{ roundTripTime: 0.4 }, 'roundTripTime', 'good', '< 1 ms', () => text.networkRoundTripGood],
    [{ roundTripTime: 301 }, 'roundTripTime', 'limited', '301 ms', () => text.networkRoundTripSlow],
    [{ downlink: 2e9 }, 'downlink', 'good', '> 100.0 Mbps', () => text.networkDownlinkGood],
    [{ downlink: 1_499_000 }, 'downlink', 'limited', '1.5 Mbps', () => text.networkDownlinkSmall],
    [{ downlink: 399_000 }, 'downlink', 'limited', '399 kbps', () => text.networkDownlinkPoor],
    [{ uplink: 1e6 }, 'uplink', 'good', '1.0 Mbps', () => text.networkUplinkGood],
    [{ uplink: 999_000 }, 'uplink', 'limited', '999 kbps', () => text.networkUplinkSmall],
    [{ uplink: 299_000 }, 'uplink', 'limited', '299 kbps', () => text.networkUplinkPoor],
  ] as const)('of %j is that %s is %s: %s', (change, name, grade, result, advice) => {
    const checks = found(['works', 'works', 'works'], change);
    expect(checks[name]).toMatchObject({ grade, result, advice: advice() });
    expect(verdict(checks.all).grade).toBe(grade);
  });

  it('names ports as people do', () => {
    expect(portsText([40_002, 40_000, 40_001, 41_000])).toBe('40000–40002, 41000');
    expect(portsText([40_000])).toBe('40000');
    expect(portsText([])).toBe('');
  });
});

describe('the answer to an offer of a data channel', () => {
  it('has the server’s candidates, and waits for the handshake', () => {
    const candidate = { foundation: 'tcpcandidate', priority: 7, ip: '192.0.2.1', address: 'sfu.example' };
    const sdp = answerSdp(
      {
        transportId: 't',
        iceParameters: { usernameFragment: 'user', password: 'pass', iceLite: true },
        iceCandidates: [{ ...candidate, protocol: 'tcp', port: 40_000, type: 'host', tcpType: 'passive' }],
        dtlsParameters: {
          role: 'auto',
          fingerprints: [
            { algorithm: 'sha-1', value: 'AA' },
            { algorithm: 'sha-256', value: 'BB' },
          ],
        },
      },
      'data',
    );
    expect(sdp.split('\r\n')).toEqual(
      expect.arrayContaining([
        'a=ice-lite',
        'a=group:BUNDLE data',
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'a=mid:data',
        'a=ice-ufrag:user',
        'a=candidate:tcpcandidate 1 tcp 7 sfu.example 40000 typ host tcptype passive',
        'a=fingerprint:sha-256 BB',
        'a=setup:passive',
      ]),
    );
  });
});
