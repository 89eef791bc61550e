/** What a scrape of metrics said: Prometheus's text format, as far as prom-client writes it. */
export class MetricsText {
  readonly text: string;
  /** By name, of every line: its labels and its value. */
  readonly samples = new Map<string, { labels: Record<string, string>; value: number }[]>();

  constructor(text: string) {
    this.text = text;
    for (const line of text.split('\n')) {
      const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (!match) continue;
      const [, name = '', labels = '', value = ''] = match;
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
      const known = this.samples.get(name) ?? [];
      known.push({ labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) });
      this.samples.set(name, known);
    }
  }

  static async of(url: string): Promise<MetricsText> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answers ${response.status}`);
    return new MetricsText(await response.text());
  }

  /** The sum of all lines that have these labels, `parley_` understood; undefined where there is none. */
  value(name: string, labels: Record<string, string | number> = {}): number | undefined {
    const found = (this.samples.get(`parley_${name}`) ?? []).filter((sample) =>
      Object.entries(labels).every(([key, wanted]) => sample.labels[key] === String(wanted)),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** Of each metric the type that it says it has. */
  get types(): Map<string, string> {
    return new Map(
      [...this.text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
    );
  }

  /** Every line of the counters and histograms, which only grow. */
  get growing(): Map<string, number> {
    const grows = [...this.types].filter(([, type]) => type !== 'gauge').map(([name]) => name);
    const entries = [...this.samples].flatMap(([name, samples]) =>
      grows.some((metric) => name === metric || /^_(bucket|sum|count)$/.test(name.slice(metric.length)))
        ? samples.map(({ labels, value }) => [`${name}${JSON.stringify(labels)}`, value] as const)
        : [],
    );
    return new Map(entries);
  }
}
