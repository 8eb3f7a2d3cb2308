/**
 * Which folder may import which: five floors, every import goes down, no circle anywhere (ARCHITECTURE.md). The table is the
 * rule; the rest reads import statements.
 */
import { posix } from 'node:path';
import ts from 'typescript';
import { lineOf, treeOf, type Finding, type Rule, type SourceText } from '../source.ts';

const adapter = ['ports', 'domain'];

/** A zone or one file of it (as a path prefix). Only cli imports main, and nothing imports test. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  files: ['domain'],
  ports: ['domain'],
  machines: ['domain'],
  runtime: ['machines', 'ports', 'domain'],
  application: ['ports', 'domain'],
  net: [],
  store: [...adapter, 'files'],
  'exchange/bybit': [...adapter, 'machines/stream.machine.ts'],
  // The paper exchange names options as Bybit does; everything else of the reference it reads for itself.
  'exchange/paper': [...adapter, 'net', 'files', 'src/exchange/bybit/symbols.ts'],
  alerts: [...adapter, 'net'],
  telegram: ['application', ...adapter, 'net'],
  telemetry: [...adapter, 'net'],
  api: ['application', ...adapter, 'net'],
  // The page speaks HTTP: it knows the answers' types and nothing else.
  dashboard: ['src/api/contract.ts'],
  config: ['files', 'net', 'domain'],
  'stop-signals': [],
  capacity: ['runtime', 'store', 'exchange/bybit', 'machines', 'ports', 'domain'],
  replay: ['runtime', 'machines', 'ports', 'domain'],
  drawing: ['machines', 'files', 'ports', 'domain'],
  backtest: ['runtime', 'store', 'exchange/paper', 'exchange/bybit', 'files', 'machines', 'ports', 'domain'],
  daemon: [...adapter, 'config', 'files', 'exchange/bybit', 'exchange/paper'],
  main: [
    'config',
    'daemon',
    'stop-signals',
    'runtime',
    'store',
    'alerts',
    'telegram',
    'telemetry',
    'api',
    'dashboard',
    'drawing',
    'backtest',
    'machines',
    'ports',
    'domain',
  ],
  cli: [
    'main',
    'daemon',
    'replay',
    'drawing',
    'backtest',
    'capacity',
    'exchange/paper',
    'src/api/schemas',
    'alerts',
    'telegram',
    'application',
    'config',
    'stop-signals',
    'store',
    'telemetry',
    'files',
    'ports',
    'domain',
  ],
};

/** Files that alone of their zone may import another: they open the database, or are about the database itself. */
const alone: Readonly<Record<string, readonly string[]>> = {
  store: [
    'src/cli/shell/database.ts',
    'src/cli/shell/migrate.ts',
    'src/cli/shell/upgrade.ts',
    'src/cli/shell/backups.ts',
  ],
  alerts: ['src/cli/shell/channel-trial.ts'],
};

/** Packages that belong to one zone. */
const homeOf: Readonly<Record<string, string>> = {
  pg: 'store',
  'node-pg-migrate': 'store',
  'bybit-api': 'exchange/bybit',
  commander: 'cli',
  grammy: 'telegram',
  nodemailer: 'alerts',
  standardwebhooks: 'alerts',
  'prom-client': 'telemetry',
  '@opentelemetry': 'telemetry',
  undici: 'net',
  aws4fetch: 'files',
  fastify: 'api',
  '@fastify': 'api',
  'fastify-type-provider-zod': 'api',
  react: 'dashboard',
  'react-dom': 'dashboard',
  '@tanstack': 'dashboard',
  wouter: 'dashboard',
  'lightweight-charts': 'dashboard',
};

/** Zones to which other zones are types and nothing else. */
const typesOnly: ReadonlySet<string> = new Set(['ports', 'dashboard']);

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

export function importsOf(file: SourceText): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, { typeOnly }: { typeOnly: boolean }): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) {
      found.push({ specifier: specifier.text, typeOnly, line: lineOf(file, node) });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      add(node, node.moduleSpecifier, { typeOnly });
    } else if (ts.isExportDeclaration(node)) {
      add(node, node.moduleSpecifier, { typeOnly: node.isTypeOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], { typeOnly: false });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, { typeOnly: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(treeOf(file));
  return found;
}

/** The imported file's path in the repository, or null for a package. */
export const targetOf = (from: string, specifier: string): string | null =>
  specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;

export function zoneOf(path: string): string {
  const [top = '', second = '', third = ''] = path.split('/');
  if (top !== 'src') return top;
  return second === 'exchange' ? `exchange/${third}` : second.replace(/\.ts$/, '');
}

export const importRule: Rule = (file) =>
  importsOf(file).flatMap((item) => {
    const message = complaint(file.path, item);
    return message === null ? [] : [{ path: file.path, line: item.line, message }];
  });

function complaint(path: string, { specifier, typeOnly }: Import): string | null {
  const zone = zoneOf(path);
  const allowed = mayImport[zone];
  if (allowed === undefined)
    return `lies outside the known folders: add its place to ${import.meta.filename}`;
  const target = targetOf(path, specifier);
  if (target === null) return packageComplaint(path, { specifier, typeOnly });
  const targetZone = zoneOf(target);
  if (targetZone === zone) return null;
  if (zone === 'cli' && alone[targetZone]?.includes(path) === false)
    return `${path} imports ${targetZone} (${target}): only ${alone[targetZone].join(' and ')} may. Let a use case of src/application do it`;
  if (
    allowed.some(
      (entry) =>
        entry === targetZone ||
        (entry.includes('.') || entry.startsWith('src/') ? target.startsWith(entry) : false),
    )
  ) {
    return typesOnly.has(zone) && !typeOnly
      ? `imports a value from ${targetZone}: ${zone} only take types`
      : null;
  }
  const list = allowed.length === 0 ? 'nothing of ours' : allowed.join(', ');
  return `${zone} imports ${targetZone} (${target}): it may import ${list}. Take a value or a port as an argument, or move the shared word down`;
}

function packageComplaint(path: string, { specifier, typeOnly }: Omit<Import, 'line'>): string | null {
  const zone = zoneOf(path);
  if (zone === 'machines' && specifier !== 'xstate') {
    return `machines import ${specifier}: a chart knows only xstate and domain; let the runtime provide the rest`;
  }
  if (zone === 'dashboard' && specifier.startsWith('node:') && !path.endsWith('vite.config.ts')) {
    return `the page imports ${specifier}: it runs in a browser`;
  }
  if ((zone === 'domain' || zone === 'ports') && specifier.startsWith('node:')) {
    return `${zone} imports ${specifier}: no I/O there; take the value as an argument`;
  }
  const home = homeOf[specifier.split('/')[0] ?? ''];
  if (home === undefined || home === zone || typeOnly) return null;
  return `${specifier} is imported outside src/${home}: ask ${home} for it through its own words`;
}

/** Each circle once, as `a → b → a`. */
export function findCircles(files: readonly SourceText[]): Finding[] {
  const known = new Set(files.map(({ path }) => path));
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file).flatMap(({ specifier }) => {
        const target = targetOf(file.path, specifier);
        return target !== null && known.has(target) ? [target] : [];
      }),
    ]),
  );
  const done = new Set<string>();
  const findings: Finding[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = [...trail.slice(start), path].join(' → ');
      findings.push({ path, line: 1, message: `imports itself: ${circle}. Move what both need below both` });
    }
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return findings;
}
