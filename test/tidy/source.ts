/**
 * What the tidy rules look at: the repository's files as text, and their syntax trees on demand. A rule is a function
 * from a file to its findings, so that each can be shown a bad sample; nothing here knows any rule.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export interface SourceText {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  /** What is wrong and what to do instead. */
  readonly message: string;
}

export type Rule = (file: SourceText) => readonly Finding[];

export const root = join(import.meta.dirname, '../..');

/** Every file that is, or is about to be, part of the repository. */
export function repositoryPaths(): string[] {
  if (!existsSync(join(root, '.git'))) return walk(root).sort();
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(list.split('\0'))].filter((path) => path !== '' && existsSync(join(root, path))).sort();
}

const neverOurs = new Set(['node_modules', '.git', '.rollkeeper', 'coverage', '.env']);
const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (neverOurs.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [relative(root, path).replaceAll('\\', '/')];
  });

const paths = repositoryPaths();
export const read = (path: string): SourceText => ({ path, text: readFileSync(join(root, path), 'utf8') });

const isCode = (path: string): boolean => /\.(tsx?|js)$/.test(path);
/** Code under these top-level folders, read once. */
export const codeIn = (...folders: string[]): SourceText[] =>
  code.filter(({ path }) => folders.includes(path.split('/')[0] ?? ''));
const code = paths.filter(isCode).map(read);

/** Every text file; recorded data and the lock file are left out. */
export const texts = (): SourceText[] =>
  paths.filter((path) => !/\.(gz|png|ico|csv)$|package-lock\.json$/.test(path)).map(read);

export const findAll = (rule: Rule, files: readonly SourceText[]): string[] =>
  files.flatMap((file) => rule(file)).map(({ path, line, message }) => `${path}:${String(line)} ${message}`);

const trees = new Map<string, ts.SourceFile>();
/** The syntax tree with parents set; kept, since several rules ask for the same one. */
export function treeOf({ path, text }: SourceText): ts.SourceFile {
  const known = trees.get(path);
  if (known?.text === text) return known;
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  trees.set(path, tree);
  return tree;
}

/** Findings at every node for which `judge` has something to say. */
export function findNodes(
  file: SourceText,
  judge: (node: ts.Node) => string | null,
  start: ts.Node = treeOf(file),
): Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const message = judge(node);
    if (message !== null) findings.push({ path: file.path, line: lineOf(file, node), message });
    ts.forEachChild(node, visit);
  };
  visit(start);
  return findings;
}

export const lineOf = (file: SourceText, node: ts.Node): number => {
  const tree = treeOf(file);
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
};

/** Findings on every line that matches. */
export const findLines = (file: SourceText, pattern: RegExp, message: string): Finding[] =>
  file.text
    .split('\n')
    .flatMap((text, index) => (pattern.test(text) ? [{ path: file.path, line: index + 1, message }] : []));
