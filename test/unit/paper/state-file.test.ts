/** A standing paper account on disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readState, StateSaver, writeState } from '../../../src/exchange/paper/state-file.ts';
import { EngineFixture, ManualClock } from './engine-fixture.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'paper-state-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the state file', () => {
  it('gives back exactly what was saved: wallet, positions, orders, fills, log', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.place(account, { price: '3000' });
    fixture.place(account, { price: '400' });
    fixture.place(account, { side: 'Sell', price: '5', qty: '0.2' });
    const path = join(directory, 'sub', 'paper.json');
    writeState(path, { seq: 77, atMs: 5, accounts: [account.state] });
    expect(readState(path)).toMatchObject({ seq: 77, atMs: 5, accounts: [account.state] });
    expect(readdirSync(join(directory, 'sub'))).toEqual(['paper.json']);
  });

  it('reads as null before it was written', () => {
    expect(readState(join(directory, 'none.json'))).toBeNull();
  });

  it('is refused with the place of the damage', () => {
    const path = join(directory, 'paper.json');
    writeFileSync(path, '{"version":1,"seq":');
    expect(() => readState(path)).toThrow('not a paper account file');
    writeFileSync(
      path,
      JSON.stringify({ version: 1, seq: 1, accounts: [{ apiKey: 'k', wallet: { USDT: 'NaN' } }] }),
    );
    expect(() => readState(path)).toThrow('accounts.0.wallet.USDT');
  });

  it('is written once for many changes, and once more on close', () => {
    const wall = new ManualClock();
    const path = join(directory, 'paper.json');
    let made = 0;
    const saver = new StateSaver(path, wall, () => ({ seq: (made += 1), atMs: 0, accounts: [] }));
    for (let at = 0; at < 100; at += 1) saver.changed();
    wall.pass(199);
    expect(made).toBe(0);
    wall.pass(1);
    expect(made).toBe(1);
    saver.changed();
    saver.close();
    wall.pass(1_000);
    expect(made).toBe(2);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ seq: 2 });
  });
});

describe('a restored account', () => {
  it('still knows its link ids, and its resting orders still fill', () => {
    const before = new EngineFixture();
    const account = before.account();
    const resting = before.place(account, { price: '400', linkId: 'kept' });
    const after = new EngineFixture();
    const restored = after.engine.addAccount(
      { apiKey: 'k', apiSecret: 's', usdt: '0' },
      structuredClone(account.state),
    );
    expect(after.code(restored, { linkId: 'kept' })).toBe(110072);
    after.setIndex(22_000);
    expect(restored.find({ orderId: resting.orderId })?.status).toBe('Filled');
  });
});
