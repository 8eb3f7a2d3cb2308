/**
 * The Chromium that comes with `npm ci` (@sparticuz/chromium, Linux on x64). Its package unpacks into the system's temporary
 * directory under fixed names, where a second user may not run it and a second process may run half of it. So each user has a
 * directory of their own, which is complete from the moment it has its name.
 */
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../../../src/files/package-files.ts';

export interface PackagedChromium {
  readonly path: string;
  /** Libraries that a small Linux lacks (NSS, expat), for `LD_LIBRARY_PATH`. */
  readonly libraries: string;
  /** For `FONTCONFIG_FILE` where no font is installed. */
  readonly fontsConfig: string;
}

const manifest = packageFile('node_modules/@sparticuz/chromium/package.json');

/** @throws Error when the package is not there, is for another platform, or its directory belongs to another user */
export async function packagedChromium(): Promise<PackagedChromium> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `@sparticuz/chromium runs on Linux on x64, not on ${process.platform} on ${process.arch}`,
    );
  if (!existsSync(manifest)) throw new Error('@sparticuz/chromium is not installed: npm ci');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const user = process.getuid?.() ?? 0;
  const directory = join(tmpdir(), `rollkeeper-chromium-${version}-${user}`);
  if (!existsSync(directory)) await unpack(directory);
  const { uid, mode } = lstatSync(directory);
  if (uid !== user || (mode & 0o077) !== 0)
    throw new Error(`${directory} has to belong to the user who runs the tests, and to nobody else`);
  return {
    path: join(directory, 'chromium'),
    libraries: join(directory, 'al2023', 'lib'),
    fontsConfig: join(directory, 'fonts.conf'),
  };
}

/** Into a directory beside it, which then gets the name at once; when another process was faster, its directory stays. */
async function unpack(directory: string): Promise<void> {
  const beside = await mkdtemp(`${directory}-`);
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpackScript], {
      cwd: import.meta.dirname,
      // The package asks for the temporary directory, and takes the libraries out when it believes to run in a Lambda.
      env: { ...process.env, TMPDIR: beside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    });
    writeFileSync(join(beside, 'fonts.conf'), fontsConfig(join(directory, 'fonts')));
    await rename(beside, directory);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
}

const unpackScript = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";

const fontsConfig = (directory: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${directory}</dir><cachedir>${directory}-cache</cachedir></fontconfig>
`;
