/** Threads whose worker does not even start, ends by itself or never answers: the work fails with a reason, and the program goes on. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Thread } from '../../../src/files/thread.ts';
import { root } from '../../tidy/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-threads-'));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
afterAll(() => rmSync(folder, { recursive: true }));

/** A thread with this text as its worker; without a text the worker is missing. */
function threadOf(name: string, text?: string): Thread<string, string> {
  if (text !== undefined) writeFileSync(join(folder, `${name}.ts`), text);
  return new Thread({ worker: name, beside: pathToFileURL(join(folder, 'here.ts')).href });
}

test.each<[string, string | undefined, RegExp]>([
  ['missing', undefined, /missing|cannot find/i],
  // Piscina then tries to load it in another way, and says what became of that.
  ['broken', 'throw new Error("broken from the start");', /broken from the start|file extension/],
  ['leaving', 'export default () => process.exit(3);', /exit|terminated|stopped/i],
  ['refusing', 'export default () => { throw new Error("not this one"); };', /not this one/],
])(
  'a worker that is %s fails what it was given, each time, and nothing else',
  async (name, text, reason) => {
    const thread = threadOf(name, text);
    await expect(thread.run('a')).rejects.toThrow(reason);
    await expect(thread.run('b')).rejects.toThrow(reason);
    await thread.close();
  },
  60_000,
);

test('work that does not end is ended from outside, and the next one is done', async () => {
  const thread = threadOf(
    'slow',
    'export default (task) => { while (task === "for ever") {} return task; };',
  );
  const ending = AbortSignal.timeout(3_000);
  await expect(thread.run('for ever', { signal: ending })).rejects.toThrow();
  expect(await thread.run('once')).toBe('once');
  await thread.close();
}, 60_000);

test('every worker that the program names is built as a file of its own', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const workers = files.filter((file) => file.endsWith('-worker.ts'));
  expect(workers.length).toBeGreaterThan(3);
  const built = readFileSync(join(root, 'build.js'), 'utf8');
  for (const worker of workers) {
    const name = /([\w-]+)\.ts$/.exec(worker)?.[1] ?? '';
    expect(built).toContain(`'${name}': 'src/${worker}'`);
  }
});
