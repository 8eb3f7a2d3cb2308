/** `rollkeeper health`: one question to the daemon of this machine, for what watches over it. */
import { hostname } from 'node:os';
import { Command } from 'commander';
import { askDaemons } from '../../application/ask-daemons.ts';
import type { Config } from '../../config.ts';
import { askHealth, type HealthAnswer } from '../../daemon/ask-health.ts';
import { withStore } from './database.ts';
import { openSession, type CommonOptions, type Session } from './session.ts';

interface Options extends CommonOptions {
  readonly ready?: boolean;
}

const timeoutMs = 4_000;

export const healthCommand = (): Command =>
  new Command('health')
    .description('Ask the daemon that runs here whether it lives; the answer is the exit code')
    .option('--ready', 'whether it does its work, too: prices come, the journal can write')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const session = openSession(options, { encryptionKey: false });
      const { api } = session.config;
      const isReadiness = options.ready ?? false;
      const answer = await (api === null
        ? askOverDatabase(session, isReadiness)
        : askHealth({ host: api.host, port: api.port, isReadiness, timeoutMs }));
      session.out.record(answer);
      session.out.say(`${answer.said[0]?.toUpperCase() ?? ''}${answer.said.slice(1)}.`);
      process.exitCode = answer.isWell ? 0 : 1;
    });

/** A daemon without an API answers over the database. */
const askOverDatabase = (session: Session, isReadiness: boolean): Promise<HealthAnswer> =>
  withStore(session, async (store) => {
    const own = (await askDaemons(store, timeoutMs)).filter(({ name }) => isHere(name, session.config));
    const [well] = own.filter(({ word }) => word !== null && (!isReadiness || word.problems.length === 0));
    if (well) return { isWell: true, said: `daemon ${well.name} ${isReadiness ? 'does its work' : 'lives'}` };
    const [first] = own;
    if (!first) return { isWell: false, said: 'no daemon of this machine is running' };
    return {
      isWell: false,
      said: `daemon ${first.name}: ${first.word === null ? 'it does not answer' : first.word.problems.join('; ')}`,
    };
  });

/** By its given name, or by the usual one of this machine. */
const isHere = (name: string, { daemonName }: Config): boolean =>
  name === daemonName || name.startsWith(`${hostname()}-`);

const help = `
It asks where API_HOST and API_PORT say that the daemon listens; with API_PORT=off it asks over the database. Whether the process
lives is for what would restart it (HEALTHCHECK of an image); whether it does its work, with --ready, is for what only reports:
a restart brings no prices back.

Examples:
  rollkeeper health
  rollkeeper health --ready --json

With --json: {"isWell":…,"said":…}

Exit codes: 0 it is well · 1 it is not, or no daemon answers · 2 wrong configuration`;
