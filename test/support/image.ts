/**
 * The image without a container: the steps of the Dockerfile, carried out in an empty directory. What installs packages is replaced by those
 * that are installed already, because the test of the package installs them; everything else is done to the letter.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageFile } from '../../src/files/package-files.ts';

const run = promisify(execFile);
const repository = fileURLToPath(packageFile('.'));

export interface Image {
  /** Where its /app is. */
  readonly app: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  /** ENTRYPOINT and CMD. */
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Comments are left out; a line that ends with a backslash goes on. */
const instructionsIn = (text: string): readonly Instruction[] =>
  text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => ({ name: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));

/** As the daemon of Docker would: what .dockerignore does not let in is not there to be copied. */
function assertSent(source: string): void {
  const allowed = readFileSync(join(repository, '.dockerignore'), 'utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  if (!allowed.some((path) => source === path || source.startsWith(`${path}/`)))
    throw new Error(`.dockerignore keeps ${source} out`);
}

/** @param folder empty; a directory is made in it for each stage */
export async function buildImage(folder: string): Promise<Image> {
  const stages = new Map<string, string>();
  let stage = '';
  let env: Record<string, string> = {};
  const last = {
    user: 'root',
    entrypoint: [] as string[],
    command: [] as string[],
    healthcheck: [] as string[],
  };
  for (const { name, rest } of instructionsIn(readFileSync(join(repository, 'Dockerfile'), 'utf8'))) {
    const app = join(stage, 'app');
    if (name === 'FROM') {
      const [, label = 'last'] = / AS (\w+)$/.exec(rest) ?? [];
      stage = join(folder, label);
      stages.set(label, stage);
      env = {};
      mkdirSync(join(stage, 'app'), { recursive: true });
    } else if (name === 'ENV') {
      const [key = '', value = ''] = rest.split('=');
      env[key] = value;
    } else if (name === 'COPY') copy(rest, app, stages);
    else if (name === 'RUN') await perform(rest, app, env);
    else if (name === 'USER') last.user = rest;
    else if (name === 'ENTRYPOINT') last.entrypoint = JSON.parse(rest) as string[];
    else if (name === 'CMD') last.command = JSON.parse(rest) as string[];
    else if (name === 'HEALTHCHECK') last.healthcheck = JSON.parse(rest.replace(/^.* CMD /, '')) as string[];
    else if (!['WORKDIR', 'VOLUME'].includes(name)) throw new Error(`${name} is not known to this test`);
  }
  return {
    app: join(stage, 'app'),
    env,
    user: last.user,
    command: [...last.entrypoint, ...last.command],
    healthcheck: last.healthcheck,
  };
}

function copy(rest: string, app: string, stages: ReadonlyMap<string, string>): void {
  const [, from, paths = rest] = /^--from=(\w+) (.*)$/.exec(rest) ?? [];
  const sources = paths.split(' ');
  const target = join(app, sources.pop() ?? '');
  for (const source of sources) {
    if (from === undefined) assertSent(source);
    const found = from === undefined ? join(repository, source) : join(stages.get(from) ?? '', source);
    const isFile = statSync(found).isFile();
    const to = isFile ? join(target, source.split('/').at(-1) ?? '') : target;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(found, to, { recursive: true });
  }
}

async function perform(command: string, app: string, env: Readonly<Record<string, string>>): Promise<void> {
  if (command.startsWith('npm ci')) {
    symlinkSync(join(repository, 'node_modules'), join(app, 'node_modules'));
    return;
  }
  // The directory of the volume lies outside.
  if (command.startsWith('mkdir /data')) return;
  // Beside /app, as in the image, where this user may write.
  const here = command.replaceAll(' /data/', ` ${join(dirname(app), 'data')}/`);
  const { PATH = '', HOME = '' } = process.env;
  await run('sh', ['-c', here], { cwd: app, env: { PATH, HOME, ...env } });
}

/** Every file of a directory with its time and size, for comparing; what is linked is left out. */
export const contentOf = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('/node_modules/') && existsSync(path))
    .map((path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`)
    .sort();
