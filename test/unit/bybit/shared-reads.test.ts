/** Which callers may share a request, and which may not. */
import { describe, expect, test } from 'vitest';
import { SharedReads } from '../../../src/exchange/bybit/rest/shared-reads.ts';

/** Requests as they are asked for; each is sent and answered by hand. */
function desk() {
  const shared = new SharedReads();
  const asked: { leave: () => void; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const ask = (key: string) =>
    shared.share(key, (leave) => new Promise<string>((answer, fail) => asked.push({ leave, answer, fail })));
  return { asked, ask };
}

describe('a read', () => {
  test('is sent once for all callers that want it before it has left', async () => {
    const { asked, ask } = desk();
    const both = Promise.all([ask('positions'), ask('positions')]);
    expect(asked).toHaveLength(1);
    asked[0]?.answer('flat');
    expect(await both).toEqual(['flat', 'flat']);
  });

  test('that is on its way is joined by no caller, however late its answer', async () => {
    const { asked, ask } = desk();
    const early = ask('positions');
    asked[0]?.leave();
    const late = ask('positions');
    expect(asked).toHaveLength(2);
    asked[1]?.answer('after the fill');
    asked[0]?.answer('before the fill');
    expect([await early, await late]).toEqual(['before the fill', 'after the fill']);
  });

  test('of several pages ends no other sharing when its later pages leave', () => {
    const { asked, ask } = desk();
    void ask('positions');
    asked[0]?.leave();
    void ask('positions');
    asked[0]?.leave();
    void ask('positions');
    expect(asked).toHaveLength(2);
  });

  test('of something else is a request of its own', () => {
    const { asked, ask } = desk();
    void ask('positions');
    void ask('margin');
    expect(asked).toHaveLength(2);
  });

  test('that was refused before it left fails for all who waited, and is asked anew for the next', async () => {
    const { asked, ask } = desk();
    const both = Promise.allSettled([ask('positions'), ask('positions')]);
    asked[0]?.fail(new Error('too many wait'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    void ask('positions');
    expect(asked).toHaveLength(2);
  });

  test('that is never reported as sent is joined until it is answered', async () => {
    const { asked, ask } = desk();
    const early = ask('chain');
    const late = ask('chain');
    asked[0]?.answer('quotes');
    expect([await early, await late]).toEqual(['quotes', 'quotes']);
    void ask('chain');
    expect(asked).toHaveLength(2);
  });
});
