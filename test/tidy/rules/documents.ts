/**
 * What documents may be named, and that what they name is there: a reader can open every document that a comment cites,
 * at the section it cites, and every file that a document speaks of.
 */
import { posix } from 'node:path';
import type { Finding, SourceText } from '../source.ts';

/** What the repository holds: files by path, and the documents among them with their text. */
export interface Shelf {
  readonly paths: readonly string[];
  readonly documents: readonly SourceText[];
}

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const fenced = /^```[\s\S]*?^```/gm;

export const anchorsIn = ({ text }: SourceText): Set<string> =>
  new Set(
    [...text.replace(fenced, '').matchAll(/^#{1,6} (.*)$/gm)].map(([, title]) => anchorOf(title ?? '')),
  );

const linesOf = (file: SourceText, judge: (line: string) => readonly string[]): Finding[] =>
  file.text
    .split('\n')
    .flatMap((text, at) => judge(text).map((message) => ({ path: file.path, line: at + 1, message })));

/** Not inside an address, whose documents are public. */
const named = /(?<![\w./:-])((?:[\w.-]+\/)*[\w.-]+\.md)(?:#([\w-]+))?/g;
const address = /https?:\/\/\S+/g;
const sectionSign = /§ ?\d/;

/** In any text: every document named is in the repository, and every section named is a heading of it. */
export const citedDocumentRule =
  ({ documents }: Shelf) =>
  (file: SourceText): Finding[] =>
    linesOf(file, (line) => {
      const text = line.replace(address, '');
      const findings = [...text.matchAll(named)].flatMap(([, name = '', anchor]) => {
        const from = posix.join(posix.dirname(file.path), name);
        const found = documents.find(({ path }) => path === from || path === name.replace(/^(\.\.?\/)+/, ''));
        if (found === undefined) {
          return [
            `${name} is not in this repository: cite a page that a reader can open, or a section of docs/`,
          ];
        }
        return anchor === undefined || anchorsIn(found).has(anchor)
          ? []
          : [`${name} has no heading #${anchor}`];
      });
      if (sectionSign.test(text))
        findings.push('a section by its number: name it, as in docs/exchange.md#fees');
      return findings;
    });

/** In a document: links to a heading of the page itself lead somewhere. */
export const ownAnchorRule = (file: SourceText): Finding[] => {
  const anchors = anchorsIn(file);
  return linesOf(file, (line) =>
    [...line.matchAll(/\]\(#([\w-]+)\)/g)].flatMap(([, anchor = '']) =>
      anchors.has(anchor) ? [] : [`no heading #${anchor} on this page`],
    ),
  );
};

const link = /\]\(([^)]*)\)|<(https?:[^>]*)>/g;
const code = /`[^`]*`/g;

/**
 * In a document: a link leads to a file or folder of this repository, at a heading that it has; an address of elsewhere is whole and
 * encrypted, unless it is on this machine. Nothing is asked over a network.
 */
export const linkRule =
  ({ paths, documents }: Shelf) =>
  (file: SourceText): Finding[] =>
    linesOf({ ...file, text: file.text.replace(fenced, blank) }, (line) =>
      [...line.replace(code, '').matchAll(link)].flatMap(([, target, plain]) => {
        const to = target ?? plain ?? '';
        if (/^[a-z]+:/.test(to)) return isWholeAddress(to) ? [] : [`${to} is no whole https address`];
        const [path = '', anchor] = to.split('#');
        const from = path === '' ? file.path : posix.join(posix.dirname(file.path), path).replace(/\/$/, '');
        if (!paths.some((known) => known === from || known.startsWith(`${from}/`)))
          return [`${to} leads to no file of this repository`];
        const found = from === file.path ? file : documents.find((each) => each.path === from);
        if (anchor === undefined || (found !== undefined && anchorsIn(found).has(anchor))) return [];
        return [`${to} leads to no heading`];
      }),
    );

function isWholeAddress(text: string): boolean {
  if (!URL.canParse(text) || /\s/.test(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return hostname.includes('.');
  return protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname);
}

const quotedPath = /`([\w.@*-]+(?:\/[\w.@*-]+)*\/?)`/g;
const ourFolders = /^(src|machines|test|docs|migrations)\//;
const ourFile = /^[\w-]+(\/[\w.-]+)*\.(ts|sql|js)$/;

/**
 * In a document: a path of ours is there, in full (`src/domain/`), or from `src/` on (`runtime/supervisor.ts`), or by its
 * name alone where only the name is given.
 */
export const namedPathRule =
  ({ paths }: Shelf) =>
  (file: SourceText): Finding[] => {
    const isThere = (path: string): boolean =>
      paths.some((known) => known === path || known.startsWith(path.endsWith('/') ? path : `${path}/`)) ||
      (!path.includes('/') && paths.some((known) => posix.basename(known) === path));
    return linesOf({ ...file, text: file.text.replace(fenced, blank) }, (line) =>
      [...line.matchAll(quotedPath)].flatMap(([, path = '']) => {
        if (path.includes('*')) return [];
        if (!ourFolders.test(path) && !ourFile.test(path)) return [];
        return isThere(path) || isThere(`src/${path}`) ? [] : [`${path} is not in this repository`];
      }),
    );
  };

const blank = (block: string): string => '\n'.repeat(block.split('\n').length - 1);

/** A document that is to be read in one sitting. */
export const documentLengthRule =
  (linesMax: number) =>
  ({ path, text }: SourceText): Finding[] => {
    const count = text.replace(/\n$/, '').split('\n').length;
    return count < linesMax
      ? []
      : [{ path, line: count, message: `${count} lines, fewer than ${linesMax}: move a part to docs/` }];
  };
