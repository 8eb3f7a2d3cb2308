/** Why accounts do not trade although nothing is broken: they are halted, or not armed. Only those of the mode that is configured count. */
import { found } from '../../domain/doctor/finding.ts';
import type { ExchangeEnvironment } from '../../ports/directory.ts';
import { plainHalt } from '../../domain/halt.ts';
import { needs, type Check } from './check.ts';

const limitMs = 10_000;

export const haltCheck = (environment: ExchangeEnvironment): Check => ({
  name: 'trading',
  limitMs,
  run: async ({ stored }) => {
    const ports = await stored();
    if (ports === null) return [needs('database')];
    const accounts = (await ports.directory.accounts({}, { userId: null })).filter(
      (account) => account.environment === environment,
    );
    const halts = await ports.halts.ofAccounts(accounts.map(({ accountId }) => accountId));
    const findings = accounts.flatMap(({ accountId, userName, name }) =>
      (halts.get(accountId) ?? []).map((halt) =>
        found(
          'warning',
          { code: 'tradingHalted', figures: { halt: plainHalt(halt) } },
          `${userName}/${name}`,
        ),
      ),
    );
    return findings.length > 0 ? findings : [found('ok', { code: 'tradingAllowed', figures: {} })];
  },
});
