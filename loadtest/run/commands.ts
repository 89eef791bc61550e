import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { AgentServer } from '../agent/AgentServer.ts';
import { Canaries } from '../canary/Canaries.ts';
import type { Commands } from '../cli.ts';
import { systemNames, whereIs } from '../cli/localHost.ts';
import type { RunOptions } from '../cli/runOptions.ts';
import { exitStatus, exitStatusOf } from '../exitStatus.ts';
import { compareReports } from '../report/compareReports.ts';
import { writeReports } from '../report/writeReports.ts';
import { describeLimit, findLimit } from '../results/findLimit.ts';
import type { RunResult } from '../results/runResult.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { findListener, namedTree } from '../servers/processUsage.ts';
import type { NamedProcess, ServerUnderTest } from '../servers/ServerUnderTest.ts';
import { startServer } from '../servers/startServer.ts';
import { createView } from '../view/createView.ts';
import { PlainView } from '../view/PlainView.ts';
import type { View } from '../view/LiveView.ts';
import { summaryText } from '../view/summary.ts';
import { createGenerators } from './createGenerators.ts';
import type { GeneratorLink } from './GeneratorLink.ts';
import { runLoad } from './runLoad.ts';

/** Carries out what the command line asks for; the exit status says how it went. */
export function createCommands(): Commands {
  return {
    run: async (options) => {
      const { result, interrupted } = await runOnce(options, options.scenario);
      await tell(options, result);
      return exitStatusOf(result, interrupted);
    },
    findLimit: async (options, plan) => {
      let last: RunResult | undefined;
      const stopped: number[] = [];
      const found = await findLimit(plan, async (n) => {
        if (stopped.length > 0) return 'invalid';
        if (!options.quiet) process.stderr.write(`\n${n} ${plan.what}\n`);
        const { result, interrupted } = await runOnce(options, plan.scenarioFor(n));
        last = result;
        if (interrupted) stopped.push(n);
        return interrupted ? 'invalid' : result.verdict;
      });
      if (last) await tell(options, last);
      process.stdout.write(`${describeLimit(found, plan.what)}\n`);
      if (stopped.length > 0) return exitStatus.interrupted;
      return found.limit === null
        ? found.why === 'generator'
          ? exitStatus.invalid
          : exitStatus.broken
        : exitStatus.met;
    },
    compare: async (before, after, out) => {
      process.stdout.write(await compareReports(before, after, { out, output: process.stdout }));
      return exitStatus.met;
    },
    agent: async (options) => {
      const log = (text: string): void => void process.stderr.write(`${text}\n`);
      const agent = await AgentServer.listen({ ...options, log });
      process.stdout.write(`The agent is listening on ${agent.address}\n`);
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      await agent.close();
      return exitStatus.met;
    },
  };
}

async function runOnce(
  options: RunOptions,
  scenario: Scenario,
): Promise<{ result: RunResult; interrupted: boolean }> {
  const { quiet, live, videoClip, audioClip, access } = options;
  // What it lacks is told before a server is started.
  const canaries =
    options.canaries > 0
      ? new Canaries({ count: options.canaries, scenario, access: access ?? {} })
      : undefined;
  const abort = new AbortController();
  const interrupt = (): void => {
    // Whoever asks twice does not want to wait for the report.
    if (abort.signal.aborted) process.exit(exitStatus.interrupted);
    abort.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let server: ServerUnderTest | undefined;
  let view: View | undefined;
  let generators: GeneratorLink[] = [];
  try {
    // Before anything is started: an agent may not be there.
    generators = await createGenerators(options, scenario, (text) => {
      if (!quiet) process.stderr.write(`${text}\n`);
    });
    server = options.start ? await startServer(scenario.target, options.forwarding) : undefined;
    const url = server?.url ?? scenario.url ?? '';
    // The picture goes to stderr, so that stdout holds the outcome alone.
    view = quiet ? undefined : live ? createView(process.stderr) : new PlainView(process.stderr);
    const result = await runLoad({
      scenario,
      url,
      generators,
      access: access ?? {},
      clips: {
        ...(videoClip === null ? {} : { videoFile: videoClip }),
        ...(audioClip === null ? {} : { audioFile: audioClip }),
      },
      server: await watched(server, url),
      versions: server?.versions ?? {},
      ...(canaries ? { canaries } : {}),
      onSnapshot: (snapshot) => view?.update(snapshot),
      signal: abort.signal,
      runId: randomBytes(4).toString('hex'),
    });
    view?.end(result);
    return { result, interrupted: abort.signal.aborted };
  } finally {
    view?.close();
    for (const generator of generators) generator.close();
    await server?.stop();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** The server's processes, if they are on this machine; also of a server that somebody else started. */
async function watched(
  server: ServerUnderTest | undefined,
  url: string,
): Promise<{ processes: () => NamedProcess[]; killWorker?: () => number } | null> {
  if (server) {
    const killWorker = server.killWorker?.bind(server);
    return { processes: () => server.pids(), ...(killWorker ? { killWorker } : {}) };
  }
  const { hostname, port, protocol } = new URL(url);
  const where = await whereIs(hostname, systemNames);
  // Whoever listens on the same port here is somebody else.
  if (where !== 'loopback' && where !== 'own') return null;
  const pid = findListener(Number(port) || (protocol === 'https:' ? 443 : 80));
  return pid === undefined ? null : { processes: () => namedTree(pid) };
}

/** Writes the reports and says how it went. */
async function tell(options: RunOptions, result: RunResult): Promise<void> {
  const files = options.out === null ? undefined : await writeReports(result, options.out);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(summaryText(result, files ? { report: files.html } : {}));
}
