import { describe, expect, it } from 'vitest';
import {
  clockRule,
  environmentRule,
  focusRule,
  moneyRule,
  sentenceRule,
  sqlRule,
  unfinishedRule,
} from './rules/words.ts';
import { codeIn, findAll, texts, type Rule, type SourceText } from './source.ts';

const src = codeIn('src');
const under = (...folders: string[]): SourceText[] =>
  codeIn('src', 'machines').filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
const complaints = (rule: Rule, text: string) => findAll(rule, [{ path: 'src/a.ts', text }]);

describe('time and chance', () => {
  it('come from outside in domain, machines and runtime', () => {
    expect(findAll(clockRule, under('src/domain/', 'machines/', 'src/runtime/'))).toEqual([]);
  });

  it.each(['Date.now()', 'setTimeout(f, 1)', 'setInterval(f, 1)', 'Math.random()', 'new Date()', 'new Date'])(
    'are noticed as %s',
    (text) => {
      expect(complaints(clockRule, `const a = ${text};`)).toEqual([expect.stringContaining('ports/clock')]);
    },
  );

  it('are not seen in a comment or a calendar calculation', () => {
    expect(complaints(clockRule, '// never Date.now()\nconst day = new Date(ms);')).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read by src/config.ts alone', () => {
    expect(
      findAll(
        environmentRule,
        under('src/', 'machines/').filter(({ path }) => path !== 'src/config.ts'),
      ),
    ).toEqual([]);
    expect(complaints(environmentRule, "const a = process.env['A'];")).toEqual([
      expect.stringContaining('src/a.ts:1 process.env: only src/config.ts'),
    ]);
  });
});

describe('SQL', () => {
  it('lies in src/store alone', () => {
    expect(
      findAll(
        sqlRule,
        src.filter(({ path }) => !path.startsWith('src/store/')),
      ),
    ).toEqual([]);
  });

  it.each([
    "'SELECT 1 FROM task'",
    "'insert into task values (1)'",
    '`UPDATE task SET version = ${v}`',
    "'delete from task'",
    "'create table a (b int)'",
  ])('is noticed as %s', (text) => {
    expect(complaints(sqlRule, `const a = ${text};`)).toEqual([expect.stringContaining('src/store/sql')]);
  });

  it('is not seen in a sentence', () => {
    expect(
      complaints(sqlRule, "const a = 'select one from the list, or update it to set a new price';"),
    ).toEqual([]);
  });
});

describe('sentences', () => {
  it('are made in domain/explain alone, of what the other rooms and the charts decide', () => {
    const rooms = ['market', 'rules', 'orders', 'roll'].map((room) => `src/domain/${room}/`);
    expect(findAll(sentenceRule, under(...rooms, 'machines/'))).toEqual([]);
  });

  it.each([
    'const reason = `no quote for ${symbol}`;',
    "const reason = 'the option has expired';",
    "const plan = { kind: 'refused', reason: 'not listed any more' };",
  ])('are noticed as %s', (text) => {
    expect(complaints(sentenceRule, text)).toEqual([expect.stringContaining('domain/explain')]);
  });

  it('are not seen in codes, in link ids, in types and in what is thrown', () => {
    const text = [
      "const code = 'netCredit';",
      'const linkId = `close-${task}-v${version}`;',
      "type News = 'no way back';",
      "throw new Error('an order is worked only when the plan stands');",
    ].join('\n');
    expect(complaints(sentenceRule, text)).toEqual([]);
  });
});

describe('money', () => {
  it('never becomes a JavaScript number in domain and runtime', () => {
    const files = under('src/domain/', 'src/runtime/').filter(
      ({ path }) => path !== 'src/domain/market/greeks.ts',
    );
    expect(findAll(moneyRule, files)).toEqual([]);
    for (const text of ['parseFloat(price)', 'Number.parseFloat(price)', 'price.toNumber()']) {
      expect(complaints(moneyRule, `const a = ${text};`)).toEqual([expect.stringContaining('DecimalString')]);
    }
  });
});

describe('tests', () => {
  it('are not focused, and skipped only with a reason', () => {
    expect(findAll(focusRule, codeIn('test'))).toEqual([]);
    expect(complaints(focusRule, "it.only('a', f);")).toEqual([expect.stringContaining('.only')]);
    expect(complaints(focusRule, "describe.skip('a', f);")).toEqual([expect.stringContaining('reason')]);
    expect(complaints(focusRule, "// reason: the exchange has no such thing\nit.skip('a', f);")).toEqual([]);
  });
});

describe('unfinished thoughts', () => {
  it('are not left in any file', () => {
    expect(findAll(unfinishedRule, texts())).toEqual([]);
    expect(complaints(unfinishedRule, ['// TO', 'DO: later'].join(''))).toEqual([
      expect.stringContaining('unfinished'),
    ]);
  });
});
