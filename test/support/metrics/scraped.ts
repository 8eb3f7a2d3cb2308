/** Metrics as Prometheus reads them: each series by its name and its labels as they are written. */

export class Scraped {
  readonly text: string;
  readonly #values: ReadonlyMap<string, number>;
  /** By name of the metric. */
  readonly helps: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, string>;

  /** @throws Error when a line is neither a comment nor a sample */
  constructor(text: string) {
    this.text = text;
    const lines = text.split('\n').filter((line) => line !== '');
    const comments = (kind: string) =>
      new Map(
        lines.flatMap((line) => {
          const [, name = '', rest = ''] = new RegExp(`^# ${kind} (\\S+) (.*)$`).exec(line) ?? [];
          return name === '' ? [] : [[name, rest] as const];
        }),
      );
    this.helps = comments('HELP');
    this.types = comments('TYPE');
    this.#values = new Map(
      lines
        .filter((line) => !line.startsWith('#'))
        .map((line) => {
          const [, series = '', value = ''] = /^([\w:]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
          if (series === '') throw new Error(`not a sample: ${line}`);
          return [series, Number(value)];
        }),
    );
  }

  /** @param series as `name{label="value"}` @returns `undefined` when there is none */
  of(series: string): number | undefined {
    return this.#values.get(series);
  }

  /** All series of a metric, added up. */
  sum(name: string): number {
    let sum = 0;
    for (const [series, value] of this.#values) if (series.split('{', 1)[0] === name) sum += value;
    return sum;
  }

  get series(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** What has grown, shrunk or come since another scrape. */
  since(earlier: Scraped): (series: string) => number {
    return (series) => (this.of(series) ?? 0) - (earlier.of(series) ?? 0);
  }
}

export const scrape = async (url: string): Promise<Scraped> =>
  new Scraped(await (await fetch(`${url}/metrics`)).text());
