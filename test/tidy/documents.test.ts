import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSpec } from '../support/options.ts';
import {
  anchorsIn,
  citedDocumentRule,
  documentLengthRule,
  linkRule,
  namedPathRule,
  ownAnchorRule,
  type Shelf,
} from './rules/documents.ts';
import { findAll, read, repositoryPaths, texts, type SourceText } from './source.ts';

const paths = repositoryPaths();
const documents = paths.filter((path) => path.endsWith('.md')).map(read);
const shelf: Shelf = { paths, documents };
/** What was is not what is. */
const ofToday = documents.filter(({ path }) => path !== 'CHANGELOG.md');

describe('.env.example', () => {
  const example = new Set(
    [...read('.env.example').text.matchAll(/^#?([A-Z0-9_]+)=/gm)].map((match) => match[1]),
  );
  const config = paths
    .filter((path) => /^src\/config[./]/.test(path))
    .map((path) => read(path).text)
    .join('\n');
  const keys = new Set(
    [...config.matchAll(/(?:read|text)\('([A-Z0-9_]+)'|\['([A-Z0-9_]+)'\]/g)].map((m) => m[1] ?? m[2]),
  );

  it('documents every key that src/config reads, and no other', () => {
    expect([...example].sort()).toEqual([...keys].sort());
    expect(keys.size).toBeGreaterThan(15);
  });
});

describe('docs/operations.md', () => {
  it('has every key of .env.example in its table, and no other', () => {
    const rows = read('docs/operations.md').text.matchAll(/^\| ((?:`[A-Z0-9_]+`(?:, )?)+) +\|/gm);
    const listed = [...rows].flatMap(([, keys = '']) =>
      [...keys.matchAll(/[A-Z0-9_]+/g)].map(([key]) => key),
    );
    const example = [...read('.env.example').text.matchAll(/^#?([A-Z0-9_]+)=/gm)].map(([, key]) => key);
    expect(listed.sort()).toEqual(example.sort());
  });
});

describe('docs/tasks.md', () => {
  const specs = [...read('docs/tasks.md').text.matchAll(/^```yaml\n((?:symbol|legs): ?[\s\S]*?)^```/gm)];

  it('shows specs that are right', () => {
    expect(specs.length).toBeGreaterThan(1);
    for (const [, text = ''] of specs) expect(() => readSpec(parse(text))).not.toThrow();
  });

  it('shows the example as it is', () => {
    const example = read('examples/roll.yaml').text;
    expect(specs.map(([, text]) => text)).toContain(example.slice(example.indexOf('symbol:')));
  });
});

describe('README.md', () => {
  it('starts with two commands and nothing before them', () => {
    const commands = [...read('README.md').text.matchAll(/^```sh\n([\s\S]*?)\n```/gm)].map(
      ([, text]) => text,
    );
    expect(commands.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  });
});

describe('documents', () => {
  const cited = citedDocumentRule(shelf);
  const named = namedPathRule(shelf);
  const complaints = (rule: (file: SourceText) => readonly object[], text: string, path = 'src/a.ts') =>
    rule({ path, text });

  it('that a file cites are in this repository, at the section it cites', () => {
    expect(findAll(cited, texts())).toEqual([]);
    expect(complaints(cited, '/** See docs/exchange.md#look-ups, README.md and BENCHMARKS.md. */')).toEqual(
      [],
    );
    expect(complaints(cited, 'see https://example.org/docs/house.html and https://example.org/a.md')).toEqual(
      [],
    );
    const bad = [
      ['house', 'md'].join('.'),
      ['docs/none', 'md'].join('.'),
      ['docs/exchange', 'md#nowhere'].join('.'),
      ['design ', '7'].join('§'),
      ['see (', '3.10)'].join('§'),
    ];
    for (const text of bad) expect(complaints(cited, `/** As in ${text}. */`), text).toHaveLength(1);
  });

  it('link to headings that they have', () => {
    expect(findAll(ownAnchorRule, documents)).toEqual([]);
    expect(complaints(ownAnchorRule, '# One\n\n[one](#one), [two](#two)')).toHaveLength(1);
    expect([...anchorsIn({ path: '', text: '## Why, and how\n```\n# no\n```' })]).toEqual(['why-and-how']);
  });

  it('link to files, headings and addresses that can be opened', () => {
    const linked = linkRule(shelf);
    expect(findAll(linked, documents)).toEqual([]);
    const good =
      '[a](docs/tasks.md#guards) [b](src/domain/) ![c](docs/images/desk-light.png) [d](#here) <https://example.org/a#b> `[x](y)`\n## Here';
    expect(complaints(linked, good, 'README.md')).toEqual([]);
    for (const to of [
      'docs/none.png',
      ['docs/tasks', 'md#none'].join('.'),
      'LICENSE#top',
      '#none',
      'http://example.org',
      'https://a b',
    ])
      expect(complaints(linked, `as [here](${to}) says`, 'README.md'), to).toHaveLength(1);
  });

  it('are each linked by another one', () => {
    const isLinked = ({ path }: SourceText): boolean =>
      documents.some((other) => other.path !== path && other.text.includes(posix.basename(path)));
    expect(documents.filter((each) => each.path.startsWith('docs/') && !isLinked(each))).toEqual([]);
  });

  it('name files that are there', () => {
    expect(findAll(named, ofToday)).toEqual([]);
    const good =
      '`src/domain/`, `src/main.ts`, `runtime/supervisor.ts`, `wire-limits.ts`, `GET/realtime`, `yaml`';
    expect(complaints(named, good)).toEqual([]);
    for (const text of ['src/nowhere/', 'domain/none.ts', 'none.sql', 'machines/none.ts'])
      expect(complaints(named, `as in \`${text}\``), text).toHaveLength(1);
  });

  it('can be read in one sitting', () => {
    expect(findAll(documentLengthRule(250), [read('README.md')])).toEqual([]);
    expect(findAll(documentLengthRule(300), [read('ARCHITECTURE.md'), read('CONTRIBUTING.md')])).toEqual([]);
    expect(complaints(documentLengthRule(3), 'a\nb\n')).toEqual([]);
    expect(complaints(documentLengthRule(3), 'a\nb\nc\n')).toHaveLength(1);
  });
});

describe('.ci/run', () => {
  it("is exactly the README's test command on a fresh clone", () => {
    expect(read('.ci/run').text).toMatch(/^npm ci && npm test$/m);
  });
});
