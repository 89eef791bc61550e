import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compareRuns } from '../../loadtest/report/compare.ts';
import { compareHtml } from '../../loadtest/report/compareHtml.ts';
import { compareText } from '../../loadtest/report/compareText.ts';
import { reportHtml } from '../../loadtest/report/html.ts';
import { readReport, reportJson } from '../../loadtest/report/json.ts';
import { junitXml } from '../../loadtest/report/junit.ts';
import { writeReports } from '../../loadtest/report/writeReports.ts';
import { formatValue } from '../../loadtest/results/format.ts';
import { ParleyError } from '../../src/support/errors.ts';
import { elementsOf, parseXml } from './support/parseXml.ts';
import { sampleDistribution, sampleRun, sampleScenario, sampleSeries } from './support/sampleRun.ts';

const HOSTILE = `"><img src=x onerror=alert(1)></script>&'\u0007`;

/** A run in which every string from outside is hostile. */
const hostileRun = () => {
  const run = sampleRun();
  return sampleRun({
    scenario: { ...sampleScenario, name: HOSTILE, description: HOSTILE, url: HOSTILE },
    server: { [HOSTILE]: HOSTILE },
    verdict: 'invalid',
    invalid: [HOSTILE],
    thresholds: [{ expression: HOSTILE, met: false, measured: 1, unit: 'ms' }],
    series: run.series.map((point) => ({
      ...point,
      serverProcesses: [{ name: HOSTILE, pid: 1, cpu: 1, memory: 1 }],
    })),
    rooms: run.rooms.map((room) => ({ ...room, room: HOSTILE })),
    errors: [{ phase: HOSTILE, code: HOSTILE, message: HOSTILE, count: 1, firstAt: 0 }],
    generator: run.generator.map((process) => ({ ...process, name: HOSTILE, host: HOSTILE })),
    canaries: run.canaries.map((canary) => ({ ...canary, name: HOSTILE, room: HOSTILE, error: HOSTILE })),
    metrics: { ...run.metrics, [HOSTILE]: { kind: 'value', unit: 'ms', value: 1 } },
  });
};

/** Text of a page outside its own style and script. */
const bodyOf = (html: string): string =>
  html.replace(/<style>.*?<\/style>/s, '').replace(/<script>.*?<\/script>/s, '');

describe('the HTML report', () => {
  it('needs nothing besides itself', () => {
    for (const html of [reportHtml(sampleRun({ scenario: { ...sampleScenario, url: null } }))]) {
      expect(html).not.toMatch(/https?:\/\//);
      expect(html).not.toMatch(/\ssrc=|@import|url\(/);
      expect(html).toContain(
        `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;`,
      );
    }
  });

  it('shows verdict, reasons, thresholds, errors, rooms, browsers, machine and scenario', () => {
    const html = reportHtml(sampleRun());
    for (const text of [
      '2 of 5 thresholds are broken.',
      'video.loss&lt;1%: measured 1.34%',
      'no complete frame within 10 s',
      'load-7',
      'Chromium 2',
      'Sample CPU @ 2.6 GHz, 8 cores',
      'mediasoup',
      'maxSpatialLayer',
      'worker killed',
    ]) {
      expect(html).toContain(text);
    }
  });

  it('escapes everything that came from outside', () => {
    const html = reportHtml(hostileRun());
    expect(html).not.toContain('<img');
    expect(html.match(/<script/g)).toHaveLength(html.match(/<\/script>/g)!.length);
    expect(bodyOf(html)).not.toContain('\u0007');
  });

  it('says not measured instead of 0 or NaN', () => {
    const empty = sampleRun({
      series: [],
      metrics: {},
      rooms: [],
      errors: [],
      generator: [],
      canaries: [],
      thresholds: [],
    });
    const html = bodyOf(reportHtml(empty));
    expect(html).not.toMatch(/NaN|Infinity|undefined|\bnull\b(?=<)/);
    expect(html.match(/not measured/g)!.length).toBeGreaterThan(60);
  });

  it.each([1, 3, 10_000])('can be made of %i seconds', (points) => {
    const html = bodyOf(reportHtml(sampleRun({ series: sampleSeries(points) })));
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html.length).toBeLessThan(1_000_000);
  });
});

describe('the JSON report', () => {
  it('can be read again', () => {
    expect(readReport(reportJson(sampleRun()), 'report.json')).toEqual(sampleRun());
  });

  it('is the same text whatever the order of the keys', () => {
    const run = sampleRun();
    const reversed = Object.fromEntries(Object.entries(run).reverse()) as unknown as typeof run;
    reversed.metrics = Object.fromEntries(Object.entries(run.metrics).reverse());
    expect(reportJson(reversed)).toBe(reportJson(run));
    expect(reportJson(run).startsWith('{\n  "format": 1,\n  "tool"')).toBe(true);
  });

  it('brings a distribution without numbers back as not measured', () => {
    const metrics = {
      rtt: {
        kind: 'distribution' as const,
        unit: 'ms' as const,
        values: { ...sampleDistribution(NaN), count: 0 },
      },
    };
    expect(readReport(reportJson(sampleRun({ metrics })), 'x').metrics).toEqual(metrics);
  });

  const messageOf = (text: string): string => {
    try {
      readReport(text, 'a.json');
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'badRequest') return error.message;
    }
    return 'no badRequest';
  };

  it('says what is wrong with another file', () => {
    expect(messageOf('<html>')).toBe('a.json is not a load test report: it is not JSON');
    expect(messageOf('[]')).toBe('a.json is not a load test report: it has no "format"');
    expect(messageOf('{"format":2}')).toBe(
      'a.json is a load test report of format 2; this version reads format 1',
    );
    const broken = reportJson({ ...sampleRun(), took: 'long' as unknown as number });
    expect(messageOf(broken)).toMatch(/^a\.json is not a complete load test report: took: .*expected number/);
  });
});

describe('the JUnit report', () => {
  it('has a failure with the measured value for each broken threshold', () => {
    const root = parseXml(junitXml(sampleRun()));
    const suite = elementsOf(root, 'testsuite')[0]!;
    expect(suite.attributes).toMatchObject({
      tests: '6',
      failures: '2',
      errors: '0',
      skipped: '0',
      timestamp: '2026-03-01T14:30:05',
    });
    expect(elementsOf(root, 'testcase')).toHaveLength(6);
    const broken = elementsOf(root, 'testcase').filter(
      (element) => elementsOf(element, 'failure').length > 0,
    );
    expect(broken.map(({ attributes }) => attributes['name'])).toEqual(['video.loss<1%', 'join.failed<1%']);
    expect(elementsOf(broken[0]!, 'failure')[0]!.attributes['message']).toBe(
      `measured: ${formatValue(0.0134, 'share')}`,
    );
  });

  it('reports an invalid run as an error and skips the thresholds', () => {
    const root = parseXml(
      junitXml(sampleRun({ verdict: 'invalid', invalid: ['The loop was full.', 'Drops.'] })),
    );
    expect(elementsOf(root, 'testsuite')[0]!.attributes).toMatchObject({
      tests: '6',
      failures: '0',
      errors: '1',
      skipped: '5',
    });
    expect(elementsOf(root, 'error')[0]!.text).toBe('The loop was full.\nDrops.');
    expect(elementsOf(root, 'skipped')).toHaveLength(5);
  });

  it('is well-formed whatever the names are', () => {
    const root = parseXml(junitXml(hostileRun()));
    expect(elementsOf(root, 'testsuite')[0]!.attributes['name']).toBe(
      `loadtest.${HOSTILE.replace('\u0007', '\ufffd')}`,
    );
  });
});

describe('a comparison', () => {
  const a = sampleRun();
  const b = sampleRun({
    metrics: {
      ...a.metrics,
      join: { kind: 'distribution', unit: 'ms', values: sampleDistribution(620) },
      'server.cpu': { kind: 'value', unit: 'cores', value: 0.355 },
      'video.fps': { kind: 'distribution', unit: 'count', values: sampleDistribution(14.7) },
      nacks: { kind: 'value', unit: 'share', value: 0.001206 },
      lost: { kind: 'value', unit: 'count', value: 3 },
      received: { kind: 'value', unit: 'packets/s', value: 90_000 },
      'canary.freezes': { kind: 'value', unit: 'count', value: null },
    },
  });
  const comparison = compareRuns({ name: 'before', result: a }, { name: 'after', result: b });
  const row = (metric: string) => comparison.metrics.find((candidate) => candidate.metric === metric);

  it('tells ratio and direction', () => {
    expect(row('join')).toMatchObject({ statistic: 'p50', a: 310, b: 620, ratio: 2, judgement: 'worse' });
    expect(row('server.cpu')).toMatchObject({ ratio: 0.5, judgement: 'better' });
    expect(row('video.fps')).toMatchObject({ ratio: 0.5, judgement: 'worse' });
    expect(row('nacks')).toMatchObject({ judgement: 'same' });
    expect(row('lost')).toMatchObject({ a: 0, b: 3, ratio: null, judgement: 'worse' });
    expect(row('received')).toMatchObject({ judgement: 'unknown' });
    expect(row('canary.freezes')).toMatchObject({ b: null, ratio: null, judgement: 'unknown' });
  });

  it('warns where runs are not alike', () => {
    expect(comparison.warnings).toEqual([]);
    const other = sampleRun({
      verdict: 'invalid',
      machine: { ...a.machine, cores: 2 },
      scenario: { ...sampleScenario, rooms: 9, name: 'renamed' },
    });
    expect(compareRuns({ name: 'before', result: a }, { name: 'after', result: other }).warnings).toEqual([
      'after is invalid: its load generator was the bottleneck.',
      'The scenarios differ in rooms.',
      'The machines differ in cores.',
    ]);
  });

  it('is an aligned table on the terminal', () => {
    const lines = compareText(comparison).trimEnd().split('\n');
    expect(lines.find((line) => line.startsWith('join p50'))).toMatch(/310 ms +620 ms +×2\.00 {2}✗ worse$/);
    const ends = lines
      .map((line) => /^.*?(×\d+\.\d\d)/.exec(line)?.[0].length)
      .filter((end) => end !== undefined);
    expect(new Set(ends).size).toBe(1);
    expect(
      compareText(comparison, { width: 40 })
        .split('\n')
        .every((line) => line.length <= 40),
    ).toBe(true);
  });

  it('is a page with both runs in each plot', () => {
    const html = compareHtml(
      compareRuns({ name: HOSTILE, result: hostileRun() }, { name: 'after', result: b }),
    );
    expect(html).not.toContain('<img');
    expect(html.match(/<figure class="plot card" data-plot>/g)).toHaveLength(12);
    expect(html).toContain('after: received');
    expect(bodyOf(html)).not.toMatch(/NaN|undefined/);
  });
});

describe('writing reports', () => {
  let directory = '';
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('leaves the three files and nothing else, and replaces what was there', async () => {
    directory = await mkdtemp(join(tmpdir(), 'reports-'));
    const place = join(directory, 'deep', 'er');
    await writeReports(sampleRun({ verdict: 'met' }), place);
    const files = await writeReports(sampleRun(), place);
    expect((await readdir(place)).sort()).toEqual(['junit.xml', 'report.html', 'report.json']);
    expect(await readFile(files.json, 'utf8')).toBe(reportJson(sampleRun()));
    expect(await readFile(files.html, 'utf8')).toContain('<h2 id="verdict-title">Failed</h2>');
    expect(await readFile(files.junit, 'utf8')).toBe(junitXml(sampleRun()));
  });

  it('rejects where there can be no directory', async () => {
    directory = await mkdtemp(join(tmpdir(), 'reports-'));
    const { json } = await writeReports(sampleRun(), directory);
    await expect(writeReports(sampleRun(), json)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
