/** What may lie in the repository at all. */
import { findLines, type Finding, type Rule, type SourceText } from '../source.ts';

const folders = ['deploy', 'docs', 'machines', 'src', 'migrations', 'examples', 'presets', 'test', '.ci'];

export const findStrayFolders = (paths: readonly string[]): Finding[] =>
  paths
    .filter((path) => path.includes('/') && !folders.includes(path.split('/')[0] ?? ''))
    .map((path) => ({
      path,
      line: 1,
      message: `lies outside ${folders.join(', ')}: no other top-level folder`,
    }));

/** Folders below which a path belongs to one machine. */
const homes = new RegExp(`/(home|Users|root|work)/[A-Za-z][\\w.-]*/|[A-Z]:\\\\Users\\\\`);
export const machinePathRule: Rule = (file) =>
  findLines(file, homes, 'a path of one machine: make it relative, or take it from the configuration');

/** The page is a package of this repository, linked. */
const registry = 'https://registry.npmjs.org/';
export const lockFileRule: Rule = (file: SourceText) =>
  findLines(
    file,
    new RegExp(`"resolved": "(?!${registry}|src/dashboard")`),
    `resolved elsewhere than ${registry}: it must be installable everywhere; run npm install against the public registry`,
  );
