/** Tasks that open first, with what the exchange says of their margin: what the tests of that order share. */
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import { add } from '../../src/domain/money.ts';
import { fillAll, TaskFixture, type Behaviour } from '../support/task-fixture.ts';

export const fits = { kind: 'rates', initialRateAfter: '0.3', maintenanceRateAfter: '0.2' } as const;

/** Of both options at once. */
export const tooMuch = {
  kind: 'refused',
  scope: 'margin',
  words: 'ab not enough for new order',
  exchangeCode: '110007',
  initialRateAfter: '1.2',
  maintenanceRateAfter: '0.8',
} as const;

export type Changes = { readonly legs?: string; readonly side?: 'Buy' | 'Sell' } & Record<string, unknown>;

export function openingFirst({ legs = 'openFirst', side = 'Buy', ...spec }: Changes = {}): TaskFixture {
  const fixture = new TaskFixture({ spec: { execution: { legs }, ...spec }, side });
  fixture.account.checkNow = fits;
  return fixture;
}

export const sentBy = ({ account }: TaskFixture) =>
  account.submitted.map(({ linkId, side, qty, symbol }) => `${side} ${qty} ${symbol} ${linkId}`);
export const opened = ({ account }: TaskFixture) =>
  account.submitted.filter(({ linkId }) => linkId.startsWith('open-'));
export const heldBy = ({ task }: TaskFixture): string =>
  holdingsOf(task.context).reduce((total, { qty }) => add(total, qty), '0');

/** A task that has opened the new option and meets these behaviours when it closes the old one. */
export async function openedTwice(behaviours: Behaviour[], changes: Changes = {}): Promise<TaskFixture> {
  const fixture = openingFirst(changes);
  fixture.account.behaviours = [fillAll, ...behaviours];
  await fixture.price('23500');
  return fixture;
}
