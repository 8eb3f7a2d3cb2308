/** What the exchange says of an API key, judged: before an account is added with it, and of an account that is there. */
import { BadInput, messageOf, Terminal } from '../domain/errors.ts';
import { keyFindingText } from '../domain/explain/key-text.ts';
import { isRefusing, judgeKey, type KeyFacts, type KeyFinding } from '../domain/orders/key-facts.ts';
import { lookAtKey } from '../domain/orders/key-standing.ts';
import type { Credentials } from '../ports/exchange.ts';
import { assertRole, type Caller } from './caller.ts';
import { findAccount, type AccountName } from './find-account.ts';
import type { Ports } from './ports.ts';

export interface JudgedKey {
  /** `null` when the exchange was not or could not be asked. */
  readonly facts: KeyFacts | null;
  /** What makes the key unusable first; empty when all is well. */
  readonly findings: readonly KeyFinding[];
}

/**
 * Of a key that is not stored yet. One that the exchange knows and that must not be used is refused, like one that it does not
 * know; when it does not answer, the findings say so.
 * @throws BadInput with what is wrong and how to make it right
 */
export async function judgeNewKey(
  { keyCheck }: Pick<Ports, 'keyCheck'>,
  key: Credentials,
): Promise<JudgedKey> {
  const judged = await judge(() => keyCheck.ofKey(key)).catch((error: unknown) => {
    if (!(error instanceof Terminal)) throw error;
    throw new BadInput('The exchange does not accept this API key', [
      {
        path: 'apiKey',
        found: messageOf(error),
        expected: 'a key of this mode and its secret, as the exchange shows them when the key is made',
      },
    ]);
  });
  const refusing = judged.findings.filter(isRefusing);
  if (refusing.length === 0) return judged;
  throw new BadInput(
    'This API key must not be used',
    refusing.map((finding) => {
      const { found, fix } = keyFindingText(finding);
      return { path: 'apiKey', found, expected: fix };
    }),
  );
}

export interface CheckedAccount extends JudgedKey {
  readonly accountId: string;
  readonly name: string;
  readonly userName: string;
}

/**
 * Asks the exchange about the key of a stored account, and stores what it says.
 * @throws NotFound and Ambiguous as `findAccount`; NotAllowed to viewers; Terminal when the exchange does not accept the key, or
 * its secret cannot be opened
 */
export async function checkAccount(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'keyCheck' | 'accounts'>,
  wanted: AccountName,
): Promise<CheckedAccount> {
  const account = await findAccount(caller, ports, wanted);
  const { accountId, name, userName } = account;
  assertRole(caller, { role: account.role, accountName: name }, 'trader');
  const before = await ports.accounts.keyStanding(accountId);
  const judged = await judge(() => ports.keyCheck.ofAccount(accountId));
  if (judged.facts !== null)
    await ports.accounts.noteKeyStanding(accountId, before, lookAtKey(before, judged.facts, name));
  return { accountId, name, userName, ...judged };
}

/** @throws Terminal when the exchange does not accept the key, or its secret cannot be opened */
async function judge(ask: () => Promise<KeyFacts | null>): Promise<JudgedKey> {
  try {
    const facts = await ask();
    return { facts, findings: facts === null ? [] : judgeKey(facts) };
  } catch (error) {
    if (error instanceof Terminal && error.scope === 'account') throw error;
    return { facts: null, findings: [{ code: 'notAsked', figures: { said: messageOf(error) } }] };
  }
}
