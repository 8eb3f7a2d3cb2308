import { describe, expect, it } from 'vitest';
import { findStrayFolders, lockFileRule, machinePathRule } from './rules/repository.ts';
import { findAll, read, repositoryPaths, texts } from './source.ts';

const complaints = (rule: typeof lockFileRule, text: string) => findAll(rule, [{ path: 'a', text }]);

describe('the repository', () => {
  it('has no top-level folder but the known ones', () => {
    expect(findStrayFolders(repositoryPaths())).toEqual([]);
    expect(findStrayFolders(['src/a.ts', 'README.md', 'lib/a.ts']).map(({ path }) => path)).toEqual([
      'lib/a.ts',
    ]);
  });

  it('names no path of one machine', () => {
    expect(findAll(machinePathRule, texts())).toEqual([]);
    const home = ['', 'home', 'ann', 'rollkeeper'].join('/');
    expect(complaints(machinePathRule, `see ${home}/src`)).toEqual([
      expect.stringContaining('make it relative'),
    ]);
  });

  it('can be installed from the public registry alone', () => {
    expect(findAll(lockFileRule, [read('package-lock.json')])).toEqual([]);
    for (const url of ['http://registry.npmjs.org/a/-/a-1.tgz', 'https://mirror.example/a-1.tgz']) {
      expect(complaints(lockFileRule, `"resolved": "${url}",`)).toHaveLength(1);
    }
  });
});
