import { describe, expect, it } from '@jest/globals';
import { RunTally } from '../../loadtest/results/RunTally.ts';
import { runMetrics } from '../../loadtest/results/runMetrics.ts';
import { ServerCpu } from '../../loadtest/results/ServerCpu.ts';

const processes = (...cpu: number[]) =>
  cpu.map((cores, index) => ({
    name: index === 0 ? 'control' : `worker ${index}`,
    pid: index + 1,
    cpu: cores,
    memory: 1,
  }));

describe('the CPU of a server', () => {
  it('is that of its control plane and of each worker, on average over the time', () => {
    const cpu = new ServerCpu();
    cpu.add(1000, processes(0.1, 0.2, 0.4));
    cpu.add(3000, processes(0.5, 0.6, 0));
    expect(cpu.control).toBeCloseTo(0.4);
    expect(cpu.workers.map((cores) => cores.toFixed(2))).toEqual(['0.50', '0.10']);
    expect(cpu.total).toBeCloseTo(1);
  });

  it('is unknown where there are no processes to look at', () => {
    const cpu = new ServerCpu();
    cpu.add(1000);
    expect([cpu.control, cpu.workers, cpu.total]).toEqual([null, [], null]);
  });

  it('tells in a report what the workers use together, the busiest and the least busy one', () => {
    const tally = new RunTally(10_000);
    tally.point(0, processes(9, 9, 9));
    tally.setSteady(true);
    tally.point(1000, processes(0.1, 0.2, 0.4));
    tally.setSteady(false);
    tally.point(2000, processes(9, 9, 9));
    const metrics = runMetrics({ tally, processes: [], canaries: [], server: null, participants: 0 });
    const valueOf = (name: keyof typeof metrics): unknown =>
      metrics[name].kind === 'value' && metrics[name].value;
    expect(valueOf('server.cpu')).toBeCloseTo(0.7);
    expect(valueOf('server.cpu.control')).toBeCloseTo(0.1);
    expect(valueOf('server.cpu.workers')).toBeCloseTo(0.6);
    expect(valueOf('server.cpu.worker')).toBeCloseTo(0.4);
    expect(valueOf('server.cpu.leastWorker')).toBeCloseTo(0.2);
  });
});
