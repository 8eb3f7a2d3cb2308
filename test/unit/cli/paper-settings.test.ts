import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { paperSettings, type PaperOptions } from '../../../src/cli/lab/paper-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-paper-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const settings = (more: Partial<PaperOptions> = {}) =>
  paperSettings({ port: '8787', seed: '1', startPrice: '25000', ...more });

describe('rollkeeper paper', () => {
  it('walks at random with one account when nothing else is said', () => {
    expect(settings()).toEqual({
      port: 8787,
      source: { kind: 'walk', seed: 1, startPrice: 25_000 },
      seed: 1,
      accounts: [{ apiKey: 'paper', apiSecret: 'paper', usdt: '100000' }],
    });
  });

  it('plays a tape between two moments', () => {
    const tape = file('tape.csv', 'time,open,high,low,close\n');
    expect(settings({ tape, from: '2023-03-09T00:00Z', speed: '60', state: 's.json' })).toMatchObject({
      source: { kind: 'tape', path: tape, from: '2023-03-09T00:00Z' },
      pacing: { speed: 60 },
      statePath: 's.json',
    });
  });

  it('takes accounts and their positions from a file', () => {
    const position = { symbol: 'BTC-31MAR23-26000-C-USDT', side: 'Sell', qty: '0.5' };
    const accounts = file(
      'accounts.yaml',
      `accounts:\n  - { apiKey: a, apiSecret: b, usdt: 500, positions: [${JSON.stringify(position)}] }\n`,
    );
    expect(settings({ accounts }).accounts).toEqual([
      { apiKey: 'a', apiSecret: 'b', usdt: '500', usdc: '0', positions: [position] },
    ]);
  });

  it('names every wrong option at once', () => {
    expect(() => settings({ port: '99999', speed: 'quick', startPrice: '0', tape: 'nowhere' })).toThrow(
      /--port: found "99999"[\s\S]*--tape: found "nowhere"[\s\S]*--speed: found "quick"[\s\S]*--start-price: found "0"/,
    );
    expect(() => settings({ from: '2023-03-09T00:00Z' })).toThrow('--from: found no --tape beside it');
    expect(() => settings({ tape: file('t.csv', ''), to: 'May' })).toThrow('--to: found "May"');
  });

  it('names the wrong place in an accounts file', () => {
    const accounts = file('wrong.yaml', 'accounts:\n  - { apiKey: a, apiSecret: b, usdt: lots }\n');
    expect(() => settings({ accounts })).toThrow('accounts.0.usdt: found "lots", expected an amount above 0');
    expect(() => settings({ accounts: file('broken.yaml', 'a: {') })).toThrow('expected valid YAML');
  });
});
