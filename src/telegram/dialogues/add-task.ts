/** Adds a task by buttons: account, position, trigger, target or a ready rule; then what it would do, to be confirmed. */
import { listAccounts } from '../../application/list-accounts.ts';
import { listPositions } from '../../application/list-positions.ts';
import { previewSpec } from '../../application/preview-task.ts';
import { specOfPreset } from '../../application/presets.ts';
import { readWritten } from '../../application/written-spec.ts';
import { NotFound } from '../../domain/request-errors.ts';
import { bold, foreign, plainPage, type Part } from '../page.ts';
import { askBack } from '../questions.ts';
import { show, type Room } from '../room.ts';
import { previewParts } from '../texts/preview-text.ts';
import { optionText } from '../texts/table.ts';
import type { Answer, Choice, Next, Step, Steps, StepView } from './dialogue.ts';

interface Chosen {
  readonly account?: { readonly name: string; readonly userName: string };
  readonly symbol?: string;
  readonly trigger?: unknown;
  readonly target?: unknown;
  readonly preset?: string;
}

type Data = Record<string, unknown>;
const chosenIn = (data: Data): Chosen => data;
const choice = (label: string, value: unknown): Choice => ({ label, value });

/** As buttons, each in a row of its own. */
const rows = (choices: readonly Choice[]): Choice[][] => choices.map((each) => [each]);

const accountStep: Step = {
  view: async (room) => {
    const accounts = (await listAccounts(room.caller, room.ports)).filter(({ role }) => role !== 'viewer');
    const [first, second] = accounts;
    if (!first) {
      await show(room, plainPage('You have no account to trade with. /accounts adds one.'));
      return 'over';
    }
    const account = { name: first.name, userName: first.userName };
    if (!second) return { step: 'task.position', data: { account } };
    return {
      parts: [bold('Add a task'), '\nWhich account?'],
      choices: rows(
        accounts
          .slice(0, 30)
          .map(({ name, userName }) => choice(foreign(`${userName}/${name}`, 40), { name, userName })),
      ),
      isTyped: false,
    };
  },
  answer: (_room, _data, answer) =>
    answerWith(answer, (value) => ({ step: 'task.position', data: { account: value } })),
};

const positionStep: Step = {
  view: async (room, data) => {
    const { account } = chosenIn(data);
    if (!account) throw new NotFound('account', '');
    const [found] = await listPositions(room.caller, room.ports, { account, waitMs: room.waitMs });
    const free = (found?.positions ?? []).filter(({ taskIds }) => taskIds.length === 0);
    const heading: Part[] = [bold(`Account ${foreign(account.name, 40)}`), '\n'];
    if (found?.positions == null)
      return typed([
        ...heading,
        `Its positions are not known now: ${foreign(found?.problem ?? '', 200)}. Write the symbol of the option.`,
      ]);
    if (free.length === 0)
      return typed([
        ...heading,
        'It holds no option that is without a task. Write the symbol of another one, or /cancel.',
      ]);
    return {
      parts: [...heading, 'Which position?'],
      choices: rows(
        free
          .slice(0, 30)
          .map(({ symbol, side, qty }) =>
            choice(`${side} ${qty} ${optionText(symbol, room.ports.rules)}`, symbol),
          ),
      ),
      isTyped: true,
    };
  },
  answer: (_room, data, answer) => {
    const symbol = answer.kind === 'text' ? answer.text.trim().slice(0, 80) : answer.value;
    return Promise.resolve({ step: 'task.trigger', data: { ...data, symbol } });
  },
};

const triggers: readonly (readonly Choice[])[] = [
  [choice('Index price…', 'level')],
  [
    choice('Delta above 0.45', { delta: { above: 0.45 } }),
    choice('Delta above 0.30', { delta: { above: 0.3 } }),
  ],
  [choice('80 % profit', { profit: { above: '80%' } }), choice('50 % profit', { profit: { above: '50%' } })],
  [
    choice('2 days left', { daysToExpiry: { below: 2 } }),
    choice('21 days left', { daysToExpiry: { below: 21 } }),
  ],
  [choice('A ready rule…', 'preset')],
];

const triggerStep: Step = {
  view: (room, data) =>
    Promise.resolve({
      parts: [
        bold(optionText(chosenIn(data).symbol ?? '', room.ports.rules)),
        '\nWhen is it to be rolled? Choose, or write a condition like\nindex: { above: 61000, for: 5s }',
      ],
      choices: triggers,
      isTyped: true,
    }),
  answer: (_room, data, answer) => {
    if (answer.kind === 'text')
      return Promise.resolve({
        step: 'task.target',
        data: { ...data, trigger: readWritten(answer.text, 'trigger') },
      });
    if (answer.value === 'level') return Promise.resolve({ step: 'task.level', data });
    if (answer.value === 'preset') return Promise.resolve({ step: 'task.preset', data });
    return Promise.resolve({ step: 'task.target', data: { ...data, trigger: answer.value } });
  },
};

const levelStep: Step = {
  view: (room, data) =>
    Promise.resolve(
      typed([
        bold(optionText(chosenIn(data).symbol ?? '', room.ports.rules)),
        '\nAt which index price? For a call it is rolled when the index rises to it, for a put when it falls to it. Write a number.',
      ]),
    ),
  answer: (_room, data, answer) => {
    const level = answer.kind === 'text' ? answer.text.trim().replaceAll(/[ ,_']/g, '') : '';
    return Promise.resolve(
      /^\d{1,12}(\.\d{1,8})?$/.test(level)
        ? { step: 'task.target', data: { ...data, trigger: Number(level) } }
        : { again: 'Write the price as a number, like 61000.' },
    );
  },
};

const targets: readonly (readonly Choice[])[] = [
  [choice('1 step away', { strike: '1 step away' }), choice('2 steps away', { strike: '2 steps away' })],
  [
    choice('Same strike, next week', { strike: 'same', expiry: 'next-weekly' }),
    choice('1 step, next week', { strike: '1 step away', expiry: 'next-weekly' }),
  ],
  [
    choice('Delta 0.30, next month', { strike: 'delta 0.30', expiry: 'next-monthly' }),
    choice('Delta 0.16, next month', { strike: 'delta 0.16', expiry: 'next-monthly' }),
  ],
  [choice('Close it', 'close')],
];

const targetStep: Step = {
  view: (room, data) =>
    Promise.resolve({
      parts: [
        bold(optionText(chosenIn(data).symbol ?? '', room.ports.rules)),
        '\nWhere to? Choose, or write a step like +1000, or\n{ strike: +2 steps, expiry: next-weekly }',
      ],
      choices: targets,
      isTyped: true,
    }),
  answer: (room, data, answer) => {
    const target = answer.kind === 'choice' ? answer.value : targetIn(answer.text);
    return review(room, { ...data, target });
  },
};

/** A step keeps its sign, which a number in YAML would lose. */
const targetIn = (text: string): unknown =>
  /^\s*[+-]?\d+(\.\d+)?\s*$/.test(text) ? text.trim() : readWritten(text, 'target');

const presetStep: Step = {
  view: (room) =>
    Promise.resolve({
      parts: [bold('Which rule?'), '\nIts figures can be changed afterwards with Edit.'],
      choices: rows(
        room.presets
          .filter(({ structure }) => structure === undefined)
          .map(({ name, about }) => choice(foreign(about, 56), name)),
      ),
      isTyped: false,
    }),
  answer: (room, data, answer) =>
    answer.kind === 'choice'
      ? review(room, { ...data, preset: answer.value })
      : Promise.resolve({ again: 'Choose a rule by its button.' }),
};

/** Shows what the task would be, and ends the dialogue with a question. @throws BadInput when the spec is wrong */
async function review(room: Room, data: Data): Promise<Next> {
  const { account, symbol, trigger, target, preset } = chosenIn(data);
  const { caller, ports, presets, waitMs } = room;
  if (!account) throw new NotFound('account', '');
  const spec =
    preset === undefined
      ? { symbol, trigger, target }
      : specOfPreset(presets, { preset, symbol, values: {} }, ports.rules);
  const reply = await previewSpec(caller, ports, { account, spec, waitMs });
  if (reply?.kind === 'refused') return { again: `Not possible: ${foreign(reply.reason, 600)}` };
  const parts: Part[] = [bold(`Add this task to ${foreign(account.name, 40)}?`), '\n'];
  if (reply === null) parts.push('No daemon has answered, so what it would do now is not known.');
  else {
    const [rule] = reply.advice.rules;
    parts.push(`${optionText(symbol ?? '', ports.rules)}: ${reply.advice.now}.\n`);
    for (const each of reply.advice.rules)
      parts.push(`${each.conditions.map(({ text }) => text).join('; ')} → ${each.does}\n`);
    if (rule?.preview) parts.push('\nAs it would be now:\n', ...previewParts(rule.preview, ports.rules));
  }
  await askBack(room, parts, { kind: 'add', account, spec });
  return 'over';
}

const typed = (parts: readonly Part[]): StepView => ({ parts, choices: [], isTyped: true });

const answerWith = (answer: Answer, next: (value: unknown) => Next): Promise<Next> =>
  Promise.resolve(
    answer.kind === 'choice' ? next(answer.value) : { again: 'Choose by a button, or /cancel.' },
  );

export const addTaskSteps: Steps = {
  'task.account': accountStep,
  'task.position': positionStep,
  'task.trigger': triggerStep,
  'task.level': levelStep,
  'task.target': targetStep,
  'task.preset': presetStep,
};
