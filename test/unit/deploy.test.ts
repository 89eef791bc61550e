import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { findProgram } from '../../src/support/findProgram.ts';
import { EXIT } from '../../src/exitStatus.ts';
import { selfSignedCertificate } from '../../src/http/selfSigned.ts';
import { settings } from '../../src/settings.ts';

const root = resolve(import.meta.dirname, '../..');
const deploy = join(root, 'deploy');
const read = (...path: string[]): string => readFileSync(join(deploy, ...path), 'utf8');
const files = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter((file) =>
  statSync(join(deploy, file)).isFile(),
);

/** ms that a server takes to end, at most, once its drain is over: see `ProcessEnd`. */
const SHUTDOWN = 4000;

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}
interface Container {
  image: string;
  ports: { name: string; containerPort: number; protocol: string }[];
  lifecycle: { preStop: { exec: { command: [string, string] } } };
}
interface Variable {
  name: string;
  value?: string;
  valueFrom?: { fieldRef?: { fieldPath: string }; secretKeyRef?: { name: string; key: string } };
}
interface Deployment extends Manifest {
  spec: {
    selector: { matchLabels: object };
    template: {
      metadata: { labels: object };
      spec: { terminationGracePeriodSeconds: number; containers: [Container] };
    };
  };
}

function documents(...path: string[]): unknown[] {
  return parseAllDocuments(read(...path), { prettyErrors: true }).map((document) => {
    expect([path.join('/'), document.errors, document.warnings]).toEqual([path.join('/'), [], []]);
    return document.toJS() as unknown;
  });
}
const manifest = (name: string): unknown => documents('kubernetes', name)[0];

describe('the deployment files', () => {
  it('name only settings that there are', () => {
    const known = new Set<string>(Object.values(settings).map(({ env }) => env));
    // Of the set-up, see `src/config.ts`.
    known.add('PARLEY_CACHE_DIR');
    const named = files.flatMap((file) =>
      [...read(file).matchAll(/\bPARLEY_[A-Z_]*[A-Z]\b/g)].map(([name]) => ({ file, name })),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('are YAML where they say so', () => {
    const yaml = files.filter((file) => file.endsWith('.yaml'));
    expect(yaml.length).toBeGreaterThan(6);
    for (const file of yaml) expect(documents(file).length).toBeGreaterThan(0);
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ');

  it('copies what is there, and gets it past its ignore file', () => {
    const letIn = read('Dockerfile.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from = '']) =>
      from.split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect(() => statSync(join(root, path))).not.toThrow();
      expect(letIn.some((allowed) => path === allowed || path.startsWith(`${allowed}/`))).toBe(true);
    }
  });

  it('leaves behind no package that the server imports', () => {
    const left = [...dockerfile.matchAll(/dependencies(?:\.([\w@/-]+)|\[([\w@/.-]+)\])/g)].map(
      ([, plain, bracketed]) => plain ?? bracketed ?? '',
    );
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(left.length).toBeGreaterThan(3);
    for (const name of left) expect(Object.keys(dependencies)).toContain(name);
    const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.m?[jt]s$/.test(file))
      .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
      .join('\n');
    for (const name of left) expect(source).not.toMatch(new RegExp(`^import .*'${name}(/|')`, 'm'));
  });

  it('runs as nobody in particular, on bases that have a version', () => {
    expect(/^USER (\d+):\d+$/m.exec(dockerfile)?.[1]).not.toBe('0');
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base);
    expect(bases.length).toBe(2);
    for (const base of bases) expect(base).toMatch(/:(?!latest)./);
  });
});

describe('a drain', () => {
  it('gets the time that it takes from Compose', () => {
    const [compose] = documents('compose', 'compose.yaml') as [
      {
        services: { parley: { stop_grace_period: string; environment: Record<string, string> } };
      },
    ];
    const { parley } = compose.services;
    const deadline = Number(/:-(\d+)\}$/.exec(parley.environment['PARLEY_DRAIN_DEADLINE'] ?? '')?.[1]);
    expect(parseInt(parley.stop_grace_period) * 1000).toBeGreaterThan(deadline + SHUTDOWN);
  });

  it('gets the time that it takes from Kubernetes', () => {
    const { spec } = (manifest('deployment.yaml') as Deployment).spec.template;
    const { data } = manifest('settings.yaml') as { data: Record<string, string> };
    const pause = Number(spec.containers[0].lifecycle.preStop.exec.command[1]) * 1000;
    const deadline = Number(data['PARLEY_DRAIN_DEADLINE']);
    expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(pause + deadline + SHUTDOWN);
  });

  it('gets the time that it takes from systemd, for Node alone, and its statuses are understood', () => {
    const unit = read('systemd', 'parley.service');
    const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
    const deadline = Number(/PARLEY_DRAIN_DEADLINE=(\d+)/.exec(read('systemd', 'parley.env.example'))?.[1]);
    expect(Number(value('TimeoutStopSec')) * 1000).toBeGreaterThan(deadline + SHUTDOWN);
    expect(value('KillMode')).toBe('mixed');
    expect(Number(value('RestartPreventExitStatus'))).toBe(EXIT.badConfiguration);
    expect(Number(value('SuccessExitStatus'))).toBe(EXIT.cutOff);
  });
});

describe('the manifests for Kubernetes', () => {
  it('are all in the kustomization, and in one namespace', () => {
    const { resources } = manifest('kustomization.yaml') as { resources: string[] };
    const others = readdirSync(join(deploy, 'kubernetes')).filter((file) => file !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(others.sort());
    for (const resource of resources) {
      const { apiVersion, kind, metadata } = manifest(resource) as Manifest;
      expect(apiVersion).toMatch(/v1$/);
      expect(kind === 'Namespace' ? metadata.name : metadata.namespace).toBe('parley');
    }
  });

  it('mean the same pods, ports and version', () => {
    const { spec } = manifest('deployment.yaml') as Deployment;
    const [container] = spec.template.spec.containers;
    const labels = spec.template.metadata.labels;
    const service = manifest('service.yaml') as {
      spec: { selector: object; ports: { targetPort: string }[] };
    };
    const budget = manifest('disruption.yaml') as { spec: { selector: { matchLabels: object } } };
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(service.spec.selector).toEqual(labels);
    expect(budget.spec.selector.matchLabels).toEqual(labels);
    expect(container.ports.map(({ name }) => name)).toContain(service.spec.ports[0]?.targetPort);
    const { data } = manifest('settings.yaml') as { data: Record<string, string> };
    const media = container.ports.filter(({ name }) => name.startsWith('media'));
    const expected = Array.from({ length: Number(data['PARLEY_WORKERS']) }, (_, worker) =>
      ['UDP', 'TCP'].map((protocol) => `${Number(data['PARLEY_RTC_PORT']) + worker}/${protocol}`),
    ).flat();
    expect(media.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)).toEqual(expected);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(container.image).toBe(`parley:${version}`);
  });
});

describe('a cluster in Compose', () => {
  interface Service {
    extends?: { file: string; service: string };
    command?: string[];
    volumes?: string[];
    environment?: Record<string, string>;
  }
  const { services } = documents('compose', 'cluster.yaml')[0] as { services: Record<string, Service> };
  const one = documents('compose', 'compose.yaml')[0] as { services: Record<string, Service> };
  const nodes = Object.entries(services).filter(([, { environment }]) => environment?.['PARLEY_NODE_ID']);

  it('has two nodes, each with ports and names of its own, of one Redis', () => {
    const values = (name: string) => nodes.map(([, { environment }]) => environment?.[name]);
    expect(values('PARLEY_NODE_ID')).toEqual(nodes.map(([name]) => name));
    for (const own of ['PARLEY_PORT', 'PARLEY_RTC_PORT', 'PARLEY_PUBLIC_URL'])
      expect([own, new Set(values(own)).size]).toEqual([own, 2]);
    for (const common of [
      'PARLEY_REDIS_URL',
      'PARLEY_PIPE_PORTS',
      'PARLEY_PLACEMENT',
      'PARLEY_ALLOWED_ORIGINS',
    ])
      expect([common, new Set(values(common)).size]).toEqual([common, 1]);
    expect(services['redis']?.command).toContain('${REDIS_PASSWORD:?set it in .env}');
    expect(services['redis']?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
  });

  it('changes what is there for one node, and leads to both', () => {
    for (const { extends: from } of Object.values(services))
      if (from) expect(Object.keys(one.services)).toContain(from.service);
    const backend = read('compose', 'two-nodes.cfg');
    for (const [name, { environment }] of nodes) {
      expect(backend).toContain(`server ${name} 127.0.0.1:${environment?.['PARLEY_PORT']} cookie ${name}`);
      expect(environment?.['PARLEY_PUBLIC_URL']).toMatch(`https://${name}.`);
    }
    for (const { volumes = [] } of Object.values({ ...one.services, ...services }))
      for (const volume of volumes.filter((from) => from.startsWith('./') && from.includes('.cfg')))
        expect(() => read('compose', volume.split(':')[0] ?? '')).not.toThrow();
  });

  it('gets all that it needs from the example of its surroundings', () => {
    const needed = ['cluster.yaml', 'compose.yaml'].flatMap((file) =>
      [...read('compose', file).matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name),
    );
    const given = [...read('compose', '.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(given).toEqual(expect.arrayContaining(needed));
  });
});

describe('a cluster in Kubernetes', () => {
  const nodes = documents('kubernetes-cluster', 'nodes.yaml')[0] as {
    metadata: object;
    spec: {
      replicas: number;
      strategy: { rollingUpdate: { maxSurge: number } };
      template: { spec: { containers: [{ name: string; env: Variable[] }] } };
    };
  };
  const [, redisService] = documents('kubernetes-cluster', 'redis.yaml') as [
    Deployment,
    Manifest & { spec: { selector: object; ports: { port: number }[] } },
  ];
  const variables = nodes.spec.template.spec.containers[0].env;

  it('changes what is there for one node', () => {
    const { resources, patches } = documents('kubernetes-cluster', 'kustomization.yaml')[0] as {
      resources: string[];
      patches: { path: string }[];
    };
    const named = [...resources, ...patches.map(({ path }) => path), 'kustomization.yaml', '../kubernetes'];
    const there = readdirSync(join(deploy, 'kubernetes-cluster'));
    expect([...new Set(named)].sort()).toEqual([...there, '../kubernetes'].sort());
    const base = documents('kubernetes', 'deployment.yaml')[0] as Deployment;
    expect(nodes.metadata).toEqual({ name: base.metadata.name, namespace: base.metadata.namespace });
    expect(nodes.spec.replicas).toBeGreaterThan(1);
    // A host's ports are taken until its pod is gone.
    expect(nodes.spec.strategy.rollingUpdate.maxSurge).toBe(0);
  });

  it('tells each node where Redis is and where the node is', () => {
    const names = variables.map(({ name }) => name);
    // What a value refers to must come before it.
    expect(names.indexOf('REDIS_PASSWORD')).toBeLessThan(names.indexOf('PARLEY_REDIS_URL'));
    const url = variables.find(({ name }) => name === 'PARLEY_REDIS_URL')?.value ?? '';
    const { port } = redisService.spec.ports[0]!;
    expect(url).toBe(`redis://:$(REDIS_PASSWORD)@${redisService.metadata.name}:${port}/0`);
    const address = variables.find(({ name }) => name === 'PARLEY_NODE_ADDRESS');
    expect(address?.valueFrom?.fieldRef?.fieldPath).toBe('status.podIP');
  });

  it('has a Redis that throws nothing away, found by its labels', () => {
    const [redis] = documents('kubernetes-cluster', 'redis.yaml') as [
      Deployment & { spec: { template: { spec: { containers: [{ args: string[] }] } } } },
    ];
    expect(redis.spec.template.metadata.labels).toEqual(redisService.spec.selector);
    expect(redis.spec.template.metadata.labels).toEqual(redis.spec.selector.matchLabels);
    expect(redis.spec.template.spec.containers[0].args.join(' ')).toContain('--maxmemory-policy noeviction');
  });
});

describe('the tools that they are for', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parley-deploy-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const systemd = findProgram('systemd-analyze');
  const haproxy = findProgram('haproxy');
  const kubectl = findProgram('kubectl');
  const run = (program: string, ...args: string[]) => spawnSync(program, args, { encoding: 'utf8' });

  (systemd === undefined ? it.skip : it)('take the unit, and find little that it is exposed to', () => {
    const unit = join(directory, 'parley.service');
    // Wherever Node is on this machine.
    writeFileSync(unit, read('systemd', 'parley.service').replace('/usr/bin/node', process.execPath));
    const verified = run(systemd!, 'verify', unit);
    // It reads other units as well, and has to say something about those of many a machine.
    const said = verified.stderr.split('\n').filter((line) => line.includes('parley'));
    expect([verified.status, said]).toEqual([0, []]);
    const version = Number(/systemd (\d+)/.exec(run(systemd!, '--version').stdout)?.[1]);
    // Where it can look at a unit that is not installed: 0 to 100, and 100 is what a unit without any such line has.
    if (version >= 252)
      expect(run(systemd!, 'security', '--offline=true', '--threshold=20', unit).status).toBe(0);
  });

  (kubectl === undefined ? it.skip : it)('put the cluster of Kubernetes together', () => {
    const { status, stdout, stderr } = run(kubectl!, 'kustomize', join(deploy, 'kubernetes-cluster'));
    expect([status, stderr]).toEqual([0, '']);
    const made = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
    const parley = made.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'parley');
    const { spec } = (parley as Deployment).spec.template;
    const names = (spec.containers[0] as unknown as { env: Variable[] }).env.map(({ name }) => name);
    expect(names).toContain('PARLEY_ANNOUNCED_ADDRESS');
    expect(names.indexOf('REDIS_PASSWORD')).toBeLessThan(names.indexOf('PARLEY_REDIS_URL'));
    expect(spec.containers[0].lifecycle.preStop.exec.command).toEqual(['sleep', '5']);
    expect(made.filter(({ kind }) => kind === 'PodDisruptionBudget')).toHaveLength(1);
  });

  const backends = ['one-node.cfg', 'two-nodes.cfg'];
  (haproxy === undefined ? it.skip.each(backends) : it.each(backends))(
    'take haproxy’s %s',
    async (backend) => {
      const { cert, key } = await selfSignedCertificate(['localhost']);
      writeFileSync(join(directory, 'parley.pem'), `${cert}\n${key}\n`);
      const configuration = join(directory, 'haproxy.cfg');
      writeFileSync(
        configuration,
        read('compose', 'haproxy.cfg').replaceAll('/usr/local/etc/haproxy/tls', directory),
      );
      const { status, stderr } = run(
        haproxy!,
        '-c',
        '-f',
        configuration,
        '-f',
        join(deploy, 'compose', backend),
      );
      expect([status, stderr.match(/\[(WARNING|ALERT)\].*/g)]).toEqual([0, null]);
    },
  );
});
