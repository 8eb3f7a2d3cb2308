/**
 * What is deployed together fits together: services of docker-compose.yml, the files that they mount, the keys and ports that they
 * share, and the dashboard with the metrics that a daemon exports. There is no engine here; what one would read is checked.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { exportedSeries } from '../support/metrics/exported.ts';
import { groupingsIn, parsePromql, selectorsIn } from '../support/promql/parse.ts';

const root = new URL('../../', import.meta.url);
const file = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const service = z.strictObject({
  image: z.string().optional(),
  build: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  init: z.boolean().optional(),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  cap_drop: z.tuple([z.literal('ALL')]),
  cap_add: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  env_file: z.unknown().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }),
  stop_grace_period: z.string().optional(),
});
const compose = z
  .strictObject({
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.null()),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(file('docker-compose.yml')));
const services = Object.entries(compose.services);
const named = (name: string): z.infer<typeof service> => {
  const found = compose.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
};
const metricsPort = named('rollkeeper').environment['METRICS_PORT'] ?? '';

describe('docker-compose.yml', () => {
  it('starts the daemon only when Postgres answers, and the rest only when it is asked for', () => {
    expect(named('postgres').healthcheck.test).toContain('pg_isready');
    expect(named('rollkeeper').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(services.flatMap(([name, { profiles = [] }]) => (profiles.length > 0 ? [name] : []))).toEqual([
      'prometheus',
      'grafana',
    ]);
  });

  it('opens ports to this machine only', () => {
    const ports = services.flatMap(([, { ports: published }]) => published);
    expect(ports.length).toBeGreaterThan(2);
    expect(ports.filter((port) => !/^127\.0\.0\.1:(\d+):\1$/.test(port))).toEqual([]);
  });

  it('runs images of a fixed version, and mounts only what is there and declared', () => {
    for (const [name, { image, build, volumes, networks }] of services) {
      if (build === undefined) expect(image, name).toMatch(/:v?\d+(\.\d+\.\d+|-\w+)$/);
      for (const volume of volumes) {
        const [source = '', , mode] = volume.split(':');
        if (source.startsWith('./')) {
          expect(existsSync(new URL(source, root)), source).toBe(true);
          expect(mode, source).toBe('ro');
        } else expect(Object.keys(compose.volumes), source).toContain(source);
      }
      for (const network of networks) expect(Object.keys(compose.networks)).toContain(network);
    }
  });

  it('sets only keys that exist', () => {
    const example = file('.env.example');
    for (const key of Object.keys(named('rollkeeper').environment))
      expect(example).toMatch(new RegExp(`^#?${key}=`, 'm'));
  });

  it('takes the password of Grafana from the environment, and does not begin without one', () => {
    const { environment, entrypoint = [] } = named('grafana');
    expect(environment['GF_SECURITY_ADMIN_PASSWORD']).toBe('${GRAFANA_PASSWORD:-}');
    expect(entrypoint.join(' ')).toContain('test -n "$$GF_SECURITY_ADMIN_PASSWORD"');
  });

  it('asks for metrics and health where the daemon has them, within a network that both are in', () => {
    const config = z
      .looseObject({
        scrape_configs: z.array(
          z.looseObject({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
        ),
      })
      .parse(parse(file('deploy/prometheus/prometheus.yml')));
    const targets = config.scrape_configs.flatMap(({ static_configs }) =>
      static_configs.flatMap((each) => each.targets),
    );
    expect(targets).toEqual([`rollkeeper:${metricsPort}`]);
    expect(named('rollkeeper').healthcheck.test.join(' ')).toContain(
      `http://127.0.0.1:${metricsPort}/readyz`,
    );
    expect(named('rollkeeper').ports).toEqual([]);
    const shared = named('prometheus').networks.filter((network) =>
      named('rollkeeper').networks.includes(network),
    );
    expect(shared).toEqual(['watching']);
    expect(named('grafana').networks).toEqual(shared);
    expect(file('.env.example')).toContain(`#METRICS_PORT=${metricsPort}`);
  });

  it('mounts the configuration where its commands and each other look for it', () => {
    const { command = [], volumes } = named('prometheus');
    const targets = volumes.map((volume) => volume.split(':')[1]);
    expect(command).toContain('--config.file=/etc/prometheus/prometheus.yml');
    for (const path of ['/etc/prometheus/prometheus.yml', '/etc/prometheus/rules.yml'])
      expect(targets).toContain(path);
    const provider = z
      .looseObject({ providers: z.array(z.looseObject({ options: z.object({ path: z.string() }) })) })
      .parse(parse(file('deploy/grafana/provisioning/dashboards/rollkeeper.yml')));
    const mounted = named('grafana').volumes.map((volume) => volume.split(':')[1]);
    expect(mounted).toContain(provider.providers[0]?.options.path);
  });
});

const source = z.strictObject({ type: z.literal('prometheus'), uid: z.string() });
const panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string().min(3),
  description: z.string().optional(),
  datasource: source.optional(),
  gridPos: z.strictObject({ h: z.number(), w: z.number(), x: z.number(), y: z.number() }),
  targets: z.array(z.looseObject({ expr: z.string(), refId: z.string(), datasource: source })).default([]),
});
const dashboard = z
  .looseObject({ uid: z.string(), panels: z.array(panel), templating: z.unknown() })
  .parse(JSON.parse(file('deploy/grafana/dashboards/rollkeeper.json')));

describe('the dashboard', () => {
  const series = exportedSeries();
  const shown = dashboard.panels.filter(({ type }) => type !== 'row');
  /** What Grafana puts in itself. */
  const filledIn = (expr: string): string =>
    expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');
  const queries = shown.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [title, filledIn(expr)] as const),
  );

  it.each(queries)('%s asks for what a daemon exports: %s', (_, expr) => {
    const tree = parsePromql(expr);
    const selectors = selectorsIn(tree);
    expect(selectors.length).toBeGreaterThan(0);
    for (const { metric, matchers } of selectors) {
      const exported = series.get(metric);
      expect(exported, metric).toBeDefined();
      const labels = [...matchers.map(({ label }) => label), ...groupingsIn(tree)];
      expect(
        labels.filter((label) => exported?.labels.includes(label) === false),
        metric,
      ).toEqual([]);
      expect(exported?.type, metric).toBe(/\b(?:rate|increase)\(/.test(expr) ? 'counter' : 'gauge');
    }
  });

  it('has for each panel a title, what it says, and a place of its own', () => {
    expect(shown.length).toBeGreaterThan(15);
    const cells = new Set<string>();
    for (const {
      title,
      description = '',
      gridPos: { h, w, x, y },
      targets,
    } of shown) {
      expect(description.length, title).toBeGreaterThan(20);
      expect(targets.length, title).toBeGreaterThan(0);
      expect(x + w, title).toBeLessThanOrEqual(24);
      for (let row = y; row < y + h; row += 1)
        for (let column = x; column < x + w; column += 1) {
          expect(cells.has(`${row}/${column}`), title).toBe(false);
          cells.add(`${row}/${column}`);
        }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('asks the datasource that is provisioned, at the address of the service', () => {
    const provisioned = z
      .looseObject({ datasources: z.array(z.looseObject({ uid: z.string(), url: z.string() })) })
      .parse(parse(file('deploy/grafana/provisioning/datasources/prometheus.yml')));
    const [datasource] = provisioned.datasources;
    expect(datasource?.url).toBe('http://prometheus:9090');
    const asked = shown.flatMap((each) => [
      each.datasource?.uid,
      ...each.targets.map((target) => target.datasource.uid),
    ]);
    expect(new Set(asked)).toEqual(new Set([datasource?.uid]));
  });
});
