import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { ParleyServer } from '../../src/server.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { projectFile, tableRows } from '../support/docsTables.ts';
import { MetricsText } from '../support/metricsText.ts';
import { startServer } from '../support/parleyServer.ts';
import { until } from '../support/processes.ts';

interface Panel {
  title: string;
  targets?: { expr: string }[];
}
interface Rules {
  groups: { rules: { alert: string; expr: string; labels: object; annotations: object }[] }[];
}

const EXAMPLE = 'examples/monitoring/prometheus.yml';
const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'parley-monitoring-'));
const dashboard = JSON.parse(projectFile('deploy/grafana/parley.json')) as { panels: Panel[] };
const alerts = (parse(projectFile('deploy/prometheus/alerts.yaml')) as Rules).groups.flatMap(
  ({ rules }) => rules,
);
/** As Grafana fills them in. */
const drawn = dashboard.panels.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*')),
);

let server: ParleyServer;
let text: MetricsText;

beforeAll(async () => {
  server = await startServer();
  text = await MetricsText.of(server.metricsUrl!);
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

/** The metrics of an expression, as they are declared. */
function metricsOf(expression: string): string[] {
  const named = expression.match(/\b(?:parley|nodejs|process)_\w+/g) ?? [];
  return named.map((name) => {
    const [, base = ''] = /^(.*)_(?:bucket|sum|count)$/.exec(name) ?? [];
    return text.types.get(base) === 'histogram' ? base : name;
  });
}

describe('the dashboard and the alerts', () => {
  it('name only metrics that there are', () => {
    const named = [...drawn, ...alerts.map(({ expr }) => expr)].flatMap(metricsOf);
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter((name) => !text.types.has(name))).toEqual([]);
  });

  it('show every metric of ours', () => {
    const shown = new Set(drawn.flatMap(metricsOf));
    const ours = [...text.types.keys()].filter((name) => name.startsWith('parley_'));
    expect(ours.length).toBeGreaterThan(40);
    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('are what Prometheus takes', () => {
    const check = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', ...args]);
      expect([status, `${stdout.toString()}${stderr.toString()}`]).toEqual([0, expect.any(String)]);
    };
    check('rules', 'deploy/prometheus/alerts.yaml');
    check('config', EXAMPLE);
    // As a file of rules, because it is those whose expressions are checked.
    const rules = drawn.map((expr, index) => ({ record: `panel:${index}`, expr }));
    writeFileSync(join(directory, 'panels.yaml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    check('rules', join(directory, 'panels.yaml'));
  });

  it('are explained: each alert has a line in the page', () => {
    const explained = tableRows(projectFile('docs/monitoring.md')).map(([name = '']) =>
      name.replaceAll('`', ''),
    );
    for (const { alert, labels, annotations } of alerts) {
      expect(explained).toContain(alert);
      expect(labels).toHaveProperty('severity');
      expect(Object.keys(annotations)).toEqual(['summary', 'description']);
    }
  });
});

describe('the page about monitoring', () => {
  it('has a table that is the registry', () => {
    const table =
      /<!-- metrics -->([^]*)<!-- \/metrics -->/.exec(projectFile('docs/monitoring.md'))?.[1] ?? '';
    const rows = tableRows(table).slice(2);
    const expected = [...text.text.matchAll(/^# HELP (parley_\S+) (.*)$/gm)].map(([, name = '', help]) => [
      `\`${name}\``,
      text.types.get(name),
      help,
    ]);
    expect(rows.map(([name, type, , help]) => [name, type, help])).toEqual(expected);
    for (const [name = '', , labels = ''] of rows) {
      const metric = name.replaceAll('`', '');
      const samples = [metric, `${metric}_count`].flatMap((sample) => text.samples.get(sample) ?? []);
      for (const sample of samples)
        expect([metric, Object.keys(sample.labels)]).toEqual([
          metric,
          labels === '' ? [] : labels.split(', '),
        ]);
    }
  });
});

describe('a real Prometheus', () => {
  let prometheus: ChildProcess | undefined;
  afterAll(async () => {
    if (!prometheus) return;
    const ended = new Promise((done) => prometheus?.once('exit', done));
    prometheus.kill('SIGKILL');
    await ended;
  });

  it('reads a server by the example’s configuration, and draws every panel', async () => {
    const config = parse(projectFile(EXAMPLE)) as {
      global: { scrape_interval: string };
      rule_files: string[];
      scrape_configs: [{ static_configs: [{ targets: string[] }] }];
    };
    const [
      {
        static_configs: [{ targets }],
      },
    ] = config.scrape_configs;
    // The default of the setting.
    expect(targets).toEqual(['127.0.0.1:9464']);
    targets[0] = new URL(server.metricsUrl!).host;
    config.global.scrape_interval = '1s';
    config.rule_files = [resolve('deploy/prometheus/alerts.yaml')];
    const file = join(directory, 'prometheus.yaml');
    writeFileSync(file, JSON.stringify(config));
    const port = await freePort(['127.0.0.1']);
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    type Answer = { status: string; data: { result: { value: [number, string] }[] } };
    const ask = async (path: string, query = ''): Promise<Answer> => {
      const url = `http://127.0.0.1:${port}/api/v1/${path}?query=${encodeURIComponent(query)}`;
      return (await (await fetch(url)).json()) as Answer;
    };
    const value = async (query: string): Promise<string | undefined> =>
      (await ask('query', query).catch(() => undefined))?.data.result[0]?.value[1];
    await until('it has read the server', async () => (await value('up{job="parley"}')) === '1', 20_000);
    await until(
      'it has read it twice',
      async () => Number(await value('count_over_time(up[1m])')) > 1,
      20_000,
    );
    for (const query of drawn)
      expect([query, (await ask('query', query)).status]).toEqual([query, 'success']);
    expect(await value('parley_worker_up{worker="1"}')).toBe('1');
    const rules = (await ask('rules')) as unknown as { data: { groups: { rules: unknown[] }[] } };
    expect(rules.data.groups[0]?.rules.length).toBe(alerts.length);
    await expect(
      run('promtool', ['query', 'instant', `http://127.0.0.1:${port}`, 'parley_rooms']),
    ).resolves.toEqual(expect.objectContaining({ stdout: expect.stringContaining('parley_rooms{') }));
  }, 60_000);
});
