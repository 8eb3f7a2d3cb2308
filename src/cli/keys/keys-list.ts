/** `rollkeeper keys list`. It shows ids of keys, never a key. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { listKeys } from '../../application/list-keys.ts';
import type { KeyReport, KeyUse } from '../../ports/key-keeping.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { changedRows, keyText, useText } from './key-words.ts';

export const keysListCommand = (): Command =>
  new Command('list')
    .description('Show which encryption keys seal how many secrets, and which of them are configured')
    .addHelpText('after', help)
    .action(async (options: CommonOptions) => {
      const session = openSession(options);
      const report = await withStore(session, (store) => listKeys(operator, store));
      session.out.record(report);
      session.out.table(['KEY', 'CONFIGURED', 'SEALS'], rowsOf(report));
      for (const text of changedRows(report)) session.out.say(`\n${text}`);
    });

function rowsOf({ presentKeyId, formerKeyIds, uses }: KeyReport): string[][] {
  const used = uses.map((use) => [keyText(use), placeOf(use), useText(use)]);
  const idle = [presentKeyId, ...formerKeyIds].filter((keyId) => !uses.some((use) => use.keyId === keyId));
  return [...used, ...idle.map((keyId) => [keyId, configuredAs(keyId), 'nothing'])];

  function configuredAs(keyId: string): string {
    if (keyId === presentKeyId) return 'ENCRYPTION_KEY';
    return formerKeyIds.includes(keyId) ? 'former' : 'no';
  }
  function placeOf({ keyId, keyMissing }: KeyUse): string {
    if (keyId !== null) return configuredAs(keyId);
    return keyMissing === 0 ? 'yes' : `${keyMissing} of a key that is not`;
  }
}

const help = `
A key has an id of 16 digits, which says nothing about the key. "former" is a key of ENCRYPTION_KEYS_OLD, and on paper the fixed
key of paper mode. A former key that seals nothing may be taken out of ENCRYPTION_KEYS_OLD. Secrets "without a key id" are older
than key ids; rollkeeper keys rotate gives them one.

Examples:
  rollkeeper keys list
  rollkeeper keys list --json

With --json: one line {"presentKeyId":…,"formerKeyIds":[…],"uses":[{"keyId":…,"kind":"account","environment":…,"secrets":…}]}

Exit codes: 0 shown · 1 failed · 2 wrong configuration`;
