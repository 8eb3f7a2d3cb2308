/** `rollkeeper keys rotate`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { rotateKeys, type Rotation } from '../../application/rotate-keys.ts';
import type { KeyUse } from '../../ports/key-keeping.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { changedRows, keyText, useText } from './key-words.ts';

export const keysRotateCommand = (): Command =>
  new Command('rotate')
    .description('Encrypt every secret with ENCRYPTION_KEY, while daemons run')
    .addHelpText('after', help)
    .action(async (options: CommonOptions) => {
      const session = openSession(options);
      const rotation = await withStore(session, (store) => rotateKeys(operator, store));
      const left = leftOf(rotation);
      session.out.record({ ...rotation, left });
      session.out.say(doneText(rotation));
      for (const use of left)
        session.out.say(`\nLeft: ${useText(use)} of key ${keyText(use)}, ${whyLeft(use)}`);
      for (const text of changedRows(rotation.report)) session.out.say(`\n${text}`);
      const isOurs = ({ environment }: KeyUse): boolean =>
        environment === null || environment === session.config.mode;
      if (left.some(isOurs)) process.exitCode = 1;
      else if (rotation.resealed > 0)
        session.out.say('\nThe former keys can be taken out of ENCRYPTION_KEYS_OLD now.');
    });

const leftOf = ({ report: { presentKeyId, uses } }: Rotation): readonly KeyUse[] =>
  uses.filter(({ keyId }) => keyId !== presentKeyId);

const doneText = ({ resealed, report: { presentKeyId } }: Rotation): string =>
  resealed === 0
    ? `Nothing had to be encrypted anew with key ${presentKeyId}.`
    : `Encrypted ${resealed} ${resealed === 1 ? 'secret' : 'secrets'} anew with key ${presentKeyId}.`;

const whyLeft = ({ keyMissing, changed }: KeyUse): string =>
  changed.length > 0 && keyMissing === 0
    ? 'because they do not open.'
    : 'which is not configured: add it to ENCRYPTION_KEYS_OLD and rotate again.';

const help = `
How to change the key:
  1. Make a new one: openssl rand -hex 32
  2. Set ENCRYPTION_KEY to the new one and ENCRYPTION_KEYS_OLD to the old one, and restart every daemon.
  3. rollkeeper keys rotate
  4. When it says so, take the old one out of ENCRYPTION_KEYS_OLD.
It may be interrupted and repeated at any time; accounts may be added meanwhile. Former keys that seal accounts of another mode
are left to that mode: on paper without ENCRYPTION_KEY that is a fixed key that is no secret.

Examples:
  rollkeeper keys rotate
  rollkeeper keys rotate --json

With --json: one line {"resealed":…,"left":[…],"report":{…}} as keys list shows it

Exit codes: 0 every secret of this mode is sealed with ENCRYPTION_KEY · 1 some are left · 2 wrong configuration`;
