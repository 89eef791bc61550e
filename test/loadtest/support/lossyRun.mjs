// @ts-check
/*
 * Runs a scenario against Parley in a network namespace that is this process's own, and lets the kernel drop media
 * packets on their way to the bots. Tells the result and what the kernel counted, as JSON.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';

const built = new URL('../../../dist/loadtest/loadtest/', import.meta.url);
const { startParley } = await import(new URL('servers/startParley.js', built).href);
const { ForkedGenerator } = await import(new URL('run/GeneratorLink.js', built).href);
const { runLoad } = await import(new URL('run/runLoad.js', built).href);

const { scenario, probability } = JSON.parse(process.argv[2] ?? '');

/** @param {string[]} args */
const iptables = (...args) => execFileSync('iptables', args, { encoding: 'utf8' });

/** @param {number} pid */
function udpPortsOf(pid) {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  const lines = readFileSync('/proc/net/udp', 'utf8').trim().split('\n').slice(1);
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return inodes.has(fields[9] ?? '') ? parseInt(fields[1]?.split(':')[1] ?? '', 16) : [];
  });
}

/**
 * Payload types of what the server sends, which `RtpParameters` say; the first byte of UDP's payload is at the IP
 * header's length and 8.
 *
 * @param {number} type
 */
const isMedia = (type) => `0>>22&0x3C@8>>30=2 && 0>>22&0x3C@8>>16&0x7F=${type}`;

const server = await startParley({ workers: 1 });
/** @type {unknown[]} */
const tallies = [];
/** @type {Record<string, number>} Payload types. */
const types = { audio: 100, video: 101 };
if (probability !== undefined) {
  const [port] = server.pids().flatMap((/** @type {{ pid: number }} */ { pid }) => udpPortsOf(pid));
  const dropping = ['-m', 'statistic', '--mode', 'random', '--probability', String(probability)];
  for (const [kind, type] of Object.entries(types)) {
    iptables('-N', kind);
    // The first counts all of them, the second what it drops.
    iptables('-A', kind);
    iptables('-A', kind, ...dropping, '-j', 'DROP');
    iptables(
      '-A',
      'INPUT',
      '-p',
      'udp',
      '--sport',
      String(port),
      '-m',
      'u32',
      '--u32',
      isMedia(type),
      '-j',
      kind,
    );
  }
}
try {
  const generator = new ForkedGenerator('generator 1');
  const send = generator.send.bind(generator);
  generator.send = (/** @type {{ type: string }} */ message) => {
    send(message);
    if (message.type !== 'start') return;
    const { onMessage } = generator;
    generator.onMessage = (/** @type {{ type: string, tally?: unknown }} */ told) => {
      if (told.type === 'tally') tallies.push(told.tally);
      onMessage(told);
    };
  };
  const result = await runLoad({
    scenario,
    url: server.url,
    generators: [generator],
    access: {},
    clips: {},
    server: null,
    versions: {},
    onSnapshot: () => undefined,
    signal: new AbortController().signal,
    runId: 'lossy',
  });
  /** @param {string} kind */
  const counted = (kind) => {
    const rules = iptables('-nvxL', kind).trim().split('\n').slice(2);
    const [packets, dropped] = rules.map((rule) => Number(rule.trim().split(/\s+/)[0]));
    return { packets, dropped };
  };
  const kinds = probability === undefined ? {} : { audio: counted('audio'), video: counted('video') };
  process.stdout.write(JSON.stringify({ result, tallies, counted: kinds }));
} finally {
  await server.stop();
}
