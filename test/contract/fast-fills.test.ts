/** The topic `execution.fast`, told by the paper exchange on real sockets: what is reported of it, in whatever order it comes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/exchange/paper/faults.ts';
import { type EngineFixture, openFixture, until, whenever } from './exchange-fixture.ts';
import { closing } from './suites/account-fixture.ts';

let fixture: EngineFixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture.close());

/** Fills of the order as they were reported: `fast`, or with which fee. */
const reported = (linkId: string): string[] =>
  fixture.received.fills
    .filter((fill) => fill.linkId === linkId)
    .map(({ isFast, fee }) => (isFast ? 'fast' : Number(fee) > 0 ? 'whole' : 'without a fee'));

async function fillUnder(...rules: readonly FaultRule[]): Promise<string> {
  const order = closing();
  for (const rule of rules) fixture.paper.faults.add({ ...rule, match: { linkIdPrefix: order.linkId } });
  await fixture.account.submit(order, whenever);
  await until('it is filled', () => fixture.received.last(order.linkId)?.status === 'filled');
  return order.linkId;
}
const pause = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));

describe('an execution that is told ahead', () => {
  it.each<readonly [string, FaultRule]>([
    ['in time', { kind: 'delayFills', ms: 0 }],
    ['after it has come', { kind: 'delayFastFills', ms: 150 }],
    ['never', { kind: 'loseFastFills' }],
  ])('%s is reported once, with its fee', async (_, rule) => {
    const linkId = await fillUnder(rule);
    await until('it is reported', () => reported(linkId).length > 0);
    await pause(300);
    expect(reported(linkId)).toEqual(['whole']);
  });

  it('is reported by itself when the other is late, and again with its fee, as the same execution', async () => {
    const linkId = await fillUnder({ kind: 'delayFills', ms: 400 });
    await until('both are reported', () => reported(linkId).length === 2);
    expect(reported(linkId)).toEqual(['fast', 'whole']);
    const [first, second] = fixture.received.fills.filter((fill) => fill.linkId === linkId);
    expect(first).toEqual({ ...second, fee: '0', isFast: true });
  });

  it('is reported by itself when the other is lost, and is found with its fee when it is looked up', async () => {
    const order = closing();
    fixture.paper.faults.add({ kind: 'loseFills', match: { linkIdPrefix: order.linkId } });
    await fixture.account.submit(order, whenever);
    await until('it is reported', () => reported(order.linkId).length > 0);
    expect(reported(order.linkId)).toEqual(['fast']);
    const { fills } = await fixture.account.findOrder(order);
    expect(fills).toMatchObject([{ qty: order.qty }]);
    expect(Number(fills[0]?.fee)).toBeGreaterThan(0);
  });

  it('leaves everything as it is where the topic is refused', async () => {
    const { paper, received } = fixture;
    paper.faults.add({ kind: 'refuseTopic', topic: 'execution.fast.option', times: 'always' });
    paper.faults.dropSockets('private');
    await until(
      'it is live again',
      () => received.stream.filter((each) => each === 'connected').length === 2,
    );
    const linkId = await fillUnder();
    await until('it is reported', () => reported(linkId).length > 0);
    expect(reported(linkId)).toEqual(['whole']);
    expect(received.stream.slice(-1)).toEqual(['connected']);
  });
});
