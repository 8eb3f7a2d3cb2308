/**
 * Where the address of a new channel comes from: a file, a pipe or a hidden prompt. Never from the command line, because the
 * address of most channels is a secret, and every process of the machine can see a command line.
 */
import { isatty } from 'node:tty';
import type { GivenAddress } from '../../application/channel-address.ts';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { readBounded } from '../../files/bounded-file.ts';
import { decodeText } from '../../files/text-encoding.ts';
import { askHidden } from '../shell/ask-hidden.ts';

const maxBytes = 16 << 10;

/** What each kind is asked for at the prompt. */
const questions: Readonly<Record<string, { readonly address: string; readonly secret?: string }>> = {
  telegram: { address: 'Chat id', secret: 'Number of the topic, or nothing' },
  webhook: { address: 'URL', secret: 'Secret (whsec_…), or nothing to have one made' },
  ntfy: { address: 'URL of the topic', secret: 'Access token, or nothing' },
  slack: { address: 'URL of the incoming webhook' },
  discord: { address: 'URL of the webhook' },
  apprise: { address: 'URL of the configuration', secret: 'Tag, or nothing' },
  email: { address: 'E-mail address' },
};

/** @param file the first line is the address, the second one its secret, if it has one; `-` is a pipe */
export async function readChannelAddress(kind: string, file: string | undefined): Promise<GivenAddress> {
  if (file !== undefined || !isatty(0)) return fromText(readFile(file ?? '-'), file);
  const { address: question, secret } = questions[kind] ?? { address: 'Address' };
  const address = (await askHidden(`${question} (not shown): `)).trim();
  const given = secret === undefined ? '' : (await askHidden(`${secret} (not shown): `)).trim();
  return { address, secret: given === '' ? null : given };
}

function fromText(text: string, file: string | undefined): GivenAddress {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const [address = '', secret = '', ...more] = lines;
  if (more.some((line) => line !== ''))
    throw new BadInput('The address of the channel is not usable', [
      {
        path: file === undefined ? 'address' : '--address-file',
        found: `${lines.length} lines (not shown)`,
        expected: 'the address in the first line, and its secret in the second one if it has one',
      },
    ]);
  return { address, secret: secret === '' ? null : secret };
}

function readFile(path: string): string {
  try {
    return decodeText(readBounded(path, maxBytes));
  } catch (error) {
    throw new BadInput('The address of the channel cannot be read', [
      {
        path: path === '-' ? 'address' : '--address-file',
        found: `${JSON.stringify(path)} (${messageOf(error)})`,
        expected: 'a file that holds the address and nothing else',
      },
    ]);
  }
}
