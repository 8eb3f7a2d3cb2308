/**
 * Adds an account as a person asks for it where nobody sits at the command line: whose it is and its key may be left out, where they
 * follow from who asks and from what is traded on.
 */
import { randomBytes } from 'node:crypto';
import { BadInput } from '../domain/errors.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import type { Credentials } from '../ports/exchange.ts';
import { addAccount, type AddedAccount } from './add-account.ts';
import type { Caller } from './caller.ts';
import { ownUserName } from './own-user-name.ts';
import type { Ports } from './ports.ts';

export interface WantedAccount {
  /** Left out: the caller, or for the operator the only user. */
  readonly userName?: string | undefined;
  readonly name: string;
  readonly environment: ExchangeEnvironment;
  /** On paper one is made up where none is given. */
  readonly key: { readonly apiKey?: string | undefined; readonly apiSecret?: string | undefined };
}

/** @throws as `addAccount`; BadInput without a key where one is needed */
export async function addOwnAccount(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'keys' | 'keyCheck' | 'accounts'>,
  { userName: given, name, environment, key }: WantedAccount,
): Promise<AddedAccount> {
  const userName = await ownUserName(caller, ports, given);
  return addAccount(caller, ports, { userName, name, environment, ...credentialsOf(key, environment) });
}

function credentialsOf(
  { apiKey, apiSecret }: WantedAccount['key'],
  environment: ExchangeEnvironment,
): Credentials {
  if (environment === 'paper' && apiKey === undefined && apiSecret === undefined) return paperCredentials();
  if (apiKey !== undefined && apiSecret !== undefined) return { apiKey, apiSecret };
  throw new BadInput('The account needs its API key', [
    {
      path: apiKey === undefined ? 'apiKey' : 'apiSecret',
      found: 'nothing',
      expected: `the key of the account at the exchange and its secret (${environment})`,
    },
  ]);
}

/** A paper exchange takes whatever it is given. */
export const paperCredentials = (): Credentials => ({
  apiKey: `paper-${randomBytes(6).toString('hex')}`,
  apiSecret: randomBytes(18).toString('hex'),
});
