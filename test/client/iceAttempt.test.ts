import { describe, expect, it } from '@jest/globals';
import { connectionTrouble } from '../../client/lib/iceAttempt.ts';
import type { Stat, StatsReport } from '../../client/lib/statsReport.ts';

function report(...pairs: { protocol: string; type?: string; state: string }[]): StatsReport {
  const stats = pairs.flatMap(({ protocol, type = 'host', state }, i): Stat[] => [
    { id: `local${i}`, type: 'local-candidate', timestamp: 0, candidateType: type, protocol },
    { id: `pair${i}`, type: 'candidate-pair', timestamp: 0, localCandidateId: `local${i}`, state },
  ]);
  return new Map(stats.map((stat) => [stat.id, stat]));
}

const offered = { udp: true, tcp: true, relay: false };

describe('the trouble of a connection', () => {
  it('says of each way what came of it, and how many pairs were tried', () => {
    const trouble = connectionTrouble(
      report(
        { protocol: 'udp', state: 'in-progress' },
        { protocol: 'udp', state: 'failed' },
        { protocol: 'tcp', state: 'failed' },
      ),
      offered,
    );
    expect(trouble?.routes).toEqual({
      udp: { outcome: 'failed', pairs: 2 },
      tcp: { outcome: 'failed', pairs: 1 },
      relay: { outcome: 'missing', pairs: 0 },
    });
    expect(trouble?.operatorAdvice).toContain('PARLEY_TURN');
  });

  it('takes what was offered for tried, where the browser has forgotten it', () => {
    const trouble = connectionTrouble(report(), { ...offered, relay: true });
    expect(trouble?.routes.relay).toEqual({ outcome: 'failed', pairs: 0 });
    expect(trouble?.operatorAdvice).toContain('whether the TURN server runs');
  });

  it('is none where one way works, be it a relay over UDP', () => {
    const relayed = { protocol: 'udp', type: 'relay', state: 'succeeded' };
    expect(connectionTrouble(report(relayed, { protocol: 'udp', state: 'failed' }), offered)).toBeNull();
  });
});
