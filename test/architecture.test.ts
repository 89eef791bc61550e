import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/*
 * Holds the table of docs/architecture.md: who may import whom. It reads the import lines, so a change of the
 * house is a change of this file.
 */

const root = resolve(import.meta.dirname, '..');
const MAX_LINES = 300;

/** Folder -> folders it may import besides itself; the longest match counts. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/protocol': [],
  'src/support': ['src/protocol'],
  'src/workers': ['src/support'],
  'src/sfu': ['src/workers', 'src/protocol', 'src/support'],
  'src/cluster': ['src/sfu', 'src/protocol', 'src/support'],
  'src/access': ['src/protocol', 'src/support'],
  'src/turn': ['src/protocol', 'src/support'],
  'src/signaling': ['src/access', 'src/sfu', 'src/cluster', 'src/protocol', 'src/support'],
  'src/livekit': ['src/recording', 'src/access', 'src/sfu', 'src/cluster', 'src/protocol', 'src/support'],
  'src/store': ['src/cluster', 'src/support'],
  'src/webhooks': [
    'src/livekit',
    'src/recording',
    'src/store',
    'src/cluster',
    'src/sfu',
    'src/protocol',
    'src/support',
  ],
  'src/whip': ['src/access', 'src/workers', 'src/sfu', 'src/cluster', 'src/protocol', 'src/support'],
  'src/recording': ['src/sfu', 'src/protocol', 'src/support'],
  'src/ingest': ['src/recording', 'src/sfu', 'src/access', 'src/protocol', 'src/support'],
  'src/http': [
    'src/recording',
    'src/ingest',
    'src/whip',
    'src/webhooks',
    'src/livekit',
    'src/sfu',
    'src/cluster',
    'src/protocol',
    'src/support',
  ],
  'src/metrics': [
    'src/workers',
    'src/sfu',
    'src/cluster',
    'src/signaling',
    'src/http',
    'src/protocol',
    'src/support',
  ],
  'src/doctor': ['src/http', 'src/workers', 'src/cluster', 'src/protocol', 'src/support'],
  'client/lib': ['src/protocol', 'src/support'],
  'client/hooks': ['client/lib', 'src/protocol'],
  'client/react': ['client/hooks', 'client/lib', 'src/protocol', 'src/support'],
  'client/vue': ['client/hooks', 'client/lib', 'src/protocol', 'src/support'],
  'client/element': ['client/lib', 'src/protocol', 'src/support'],
  'client/embed': ['client/element', 'src/protocol', 'src/support'],
  'client/app': ['client/element', 'client/lib', 'src/protocol', 'src/support'],
  'client/worker': [],
  loadtest: ['client/lib', 'src/protocol', 'src/support'],
};

/** Packages that a folder keeps out of its dependants. */
const PACKAGES: { package: RegExp; only: readonly string[] }[] = [
  { package: /^express$/, only: ['src/http'] },
  { package: /^socket\.io$/, only: ['src/signaling'] },
  {
    package: /^mediasoup(\/|$)/,
    // An answer is negotiated by the rules by which the router decides.
    only: ['src/workers', 'src/sfu', 'src/whip/negotiation', 'loadtest/servers/bareMediasoup'],
  },
  { package: /^sdp-transform$/, only: ['src/whip/negotiation'] },
  { package: /^mediasoup-client(\/|$)/, only: ['client/lib'] },
  // The doctor comes to a server as a client does.
  { package: /^socket\.io-client(\/|$)/, only: ['client/lib', 'src/doctor'] },
  { package: /^ws$/, only: ['loadtest/targets/janus', 'loadtest/agent'] },
  { package: /^playwright-core$/, only: ['loadtest/canary'] },
  { package: /^prom-client$/, only: ['src/metrics'] },
  { package: /^ioredis$/, only: ['src/cluster/redis'] },
  { package: /^lmdb$/, only: ['src/store'] },
  { package: /^undici$/, only: ['src/webhooks'] },
  { package: /^koffi$/, only: ['loadtest/endpoint'] },
  { package: /^react(\/|$)/, only: ['client/react'] },
  { package: /^vue(\/|$)/, only: ['client/vue'] },
  { package: /^lit(\/|$)/, only: ['client/element', 'client/app'] },
];

/** Modules of the protocol whose values a browser may load: those without zod. */
const BROWSER_PROTOCOL = [
  'version.ts',
  'conduct.ts',
  'dataFrame.ts',
  'errors.ts',
  'models.ts',
  'networkTest.ts',
  'recordingEnds.ts',
  'roomName.ts',
];

/** What the load test may use of the SDK. */
const SIGNALING_PART = ['client/lib/NodeMove.ts', 'client/lib/SignalingClient.ts'];

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const pattern = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\(\s*'([^']+)'\s*\)/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const specifier = match[2] ?? match[3] ?? '';
    const target = specifier.startsWith('.')
      ? relative(root, resolve(root, dirname(file), specifier))
      : specifier;
    return { file, target, typeOnly: match[1] !== undefined };
  });
}

const folderOf = (file: string): string | undefined =>
  Object.keys(MAY_IMPORT).find((folder) => file.startsWith(`${folder}/`));

const files = ['src', 'client', 'loadtest'].flatMap(sourceFiles);
const imports = files.flatMap(importsOf);
const isOurs = ({ target }: Import): boolean => /^(src|client|loadtest|test|bench|scripts)\//.test(target);

describe('the house', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(40);
    expect(imports.filter(isOurs).length).toBeGreaterThan(100);
  });

  it('lets each folder import only what its place allows', () => {
    const wrong = imports.filter(isOurs).filter(({ file, target }) => {
      const from = folderOf(file);
      const to = folderOf(target);
      if (from === undefined) return false;
      return to === undefined ? true : from !== to && !MAY_IMPORT[from]?.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('lets the load test use the signaling part of the SDK alone', () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        file.startsWith('loadtest/') && target.startsWith('client/') && !SIGNALING_PART.includes(target),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps each package behind its folder', () => {
    const wrong = imports.filter(({ file, target, typeOnly }) =>
      PACKAGES.some(
        ({ package: name, only }) =>
          name.test(target) && !typeOnly && !only.some((folder) => file.startsWith(`${folder}/`)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('gives browsers no schema library', () => {
    const wrong = imports.filter(
      ({ file, target, typeOnly }) =>
        file.startsWith('client/') &&
        target.startsWith('src/protocol/') &&
        !typeOnly &&
        !BROWSER_PROTOCOL.includes(target.slice('src/protocol/'.length)),
    );
    expect(wrong).toEqual([]);
  });

  it('has no circle of imports', () => {
    const graph = new Map<string, string[]>();
    for (const { file, target, typeOnly } of imports) {
      if (!typeOnly) graph.set(file, [...(graph.get(file) ?? []), target]);
    }
    const done = new Set<string>();
    const visit = (file: string, path: string[]): string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return undefined;
      for (const next of graph.get(file) ?? []) {
        const circle = visit(next, [...path, file]);
        if (circle) return circle;
      }
      done.add(file);
      return undefined;
    };
    for (const file of graph.keys()) expect(visit(file, [])).toBeUndefined();
  });

  it(`has no source file of more than ${MAX_LINES} lines`, () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });
});
