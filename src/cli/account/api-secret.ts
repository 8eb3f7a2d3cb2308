/**
 * Where the API secret of a new account comes from: a file, the environment, a pipe or a hidden prompt. Never from the
 * command line, which every process of the machine can see and the shell keeps in its history.
 */
import { isatty } from 'node:tty';
import { apiSecretFromEnvironment, type Mode } from '../../config.ts';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { decodeText } from '../../files/text-encoding.ts';
import { readBounded } from '../../files/bounded-file.ts';
import { askHidden } from '../shell/ask-hidden.ts';

/** No secret is that long: a longer file is a wrong file. */
const maxBytes = 16 << 10;

/** Bybit's secrets are longer than this; a paper exchange accepts whatever its accounts file says. */
const charactersMin: Readonly<Record<Mode, number>> = { live: 8, testnet: 8, demo: 8, paper: 1 };

/** @throws BadInput when no secret is given, or what is given cannot be one */
export async function readApiSecret(mode: Mode, file: string | undefined): Promise<string> {
  const secret = (await readAnywhere(file)).trim();
  if (/^[\x21-\x7e]{1,512}$/.test(secret) && secret.length >= charactersMin[mode]) return secret;
  const found = secret === '' ? 'nothing' : `${String(secret.length)} characters (not shown)`;
  throw new BadInput('The API secret is not usable', [
    {
      path: file === undefined ? 'API secret' : '--api-secret-file',
      found,
      expected:
        'the secret as Bybit showed it, by --api-secret-file FILE, BYBIT_API_SECRET, a pipe or at the prompt',
    },
  ]);
}

async function readAnywhere(file: string | undefined): Promise<string> {
  if (file !== undefined) return readFile(file);
  const given = apiSecretFromEnvironment();
  if (given !== null) return given;
  return isatty(0) ? askHidden('API secret (not shown): ') : readFile('-');
}

function readFile(path: string): string {
  try {
    return decodeText(readBounded(path, maxBytes));
  } catch (error) {
    const found = `${JSON.stringify(path)} (${messageOf(error)})`;
    throw new BadInput('The API secret cannot be read', [
      {
        path: path === '-' ? 'API secret' : '--api-secret-file',
        found,
        expected: 'a file that holds the secret and nothing else',
      },
    ]);
  }
}
