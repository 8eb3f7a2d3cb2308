/**
 * Whatever people can do with Rollkeeper a program can do over HTTP: every use case is called by a module of the API, or is listed here
 * with the reason why it is not. Use cases are found in the sources, so a new one needs a route or a reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findUseCases } from '../../contract/isolation/use-cases.ts';
import { root } from '../../tidy/source.ts';

const usedWithin = 'a part of use cases that have routes: ';
const forOperator = 'for the operator, at the terminal of the machine: ';

/** Use cases without a route. */
const reasons: Readonly<Record<string, string>> = {
  findAccount: `${usedWithin}an account is named in the requests that are about one`,
  findChannel: `${usedWithin}GET /api/channels has them all`,
  findTask: `${usedWithin}GET /api/tasks/{id}`,
  findTaskToChange: `${usedWithin}whatever is asked of a task`,
  ownUserName: `${usedWithin}GET /api/session`,
  sendCommand: `${usedWithin}each command has a route of its own`,
  commandTask: `${usedWithin}each command has a route of its own`,
  addAccount:
    'POST /api/accounts is addOwnAccount, which takes the environment of the daemon and makes keys up on paper',
  listTasks: 'GET /api/tasks is surveyTasks, which has the same rows with their distances and results',
  printSpec: 'GET /api/tasks/{id} has the spec in the same form, and POST /api/tasks/check gives it as YAML',
  showJournal: 'its rows hold whole snapshots; GET /api/tasks/{id}/journal has its steps, with their events',
  journalPages: 'as showJournal, for replays and the inspector',
  exportJournal: `${forOperator}rollkeeper journal export writes a file to be replayed elsewhere`,
  importJournal: `${forOperator}rollkeeper journal import`,
  listJournals: `${forOperator}how long the journals are, for replays of all of them`,
  verifyJournals: `${forOperator}rollkeeper journal verify reads all of them, for minutes`,
  rotateKeys: `${forOperator}it needs the former encryption key, which is not to be sent; GET /api/keys says what is left to do`,
  archiveJournals: `${forOperator}rollkeeper journal archive writes files on that machine, and removes rows`,
  setLegalHold: `${forOperator}rollkeeper account legal-hold keeps an account out of the archive`,
  follow: 'GET /api/events has what happens, as events that a program may go on with',
  showStatus:
    'one screen for a terminal: GET /api/system, /api/tasks, /api/profit and /api/halts have what is on it',
  taskLog: 'GET /api/tasks/{id}/journal has the same steps and sentences, in pages',
  armableAccounts: 'as armAccounts',
  armAccounts:
    'real money is armed at a terminal, by a person who was shown what the account holds: no token and no page may do it',
  redeemVoucher:
    'lets a person of a messenger in by who they are there; a browser is let in by a link or a token',
};

/** They take no caller, because they let one in: see `findUseCases`. */
const withoutCaller = ['redeemVoucher'];

const folder = join(root, 'src/api');

/** What modules of the API import of `application/`; an import that is not used does not pass the linter. */
function importedNames(): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Set(
    files.flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...text.matchAll(/^import \{([^}]*)\} from '[./]+\/application\/[^']+';$/gm)].flatMap(
        ([, names = '']) => names.split(',').map((name) => name.trim()),
      );
    }),
  );
}

const useCases = [...findUseCases().map(({ name }) => name), ...withoutCaller];
const imported = importedNames();

it('every use case has a route, or a reason', () => {
  expect(useCases.length).toBeGreaterThan(50);
  expect(useCases.filter((name) => !imported.has(name) && !Object.hasOwn(reasons, name))).toEqual([]);
});

it('every reason is needed', () => {
  expect(Object.keys(reasons).filter((name) => imported.has(name) || !useCases.includes(name))).toEqual([]);
});
