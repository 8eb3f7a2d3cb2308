/** Gives a task other figures: shows its spec, takes a whole one or some lines of it, and asks back with what it would do. */
import { stringify } from 'yaml';
import { previewSpec } from '../../application/preview-task.ts';
import { printSpec } from '../../application/task-spec.ts';
import { showTask } from '../../application/show-task.ts';
import { readWritten } from '../../application/written-spec.ts';
import { BadInput } from '../../domain/errors.ts';
import { bold, foreign, pre, type Part } from '../page.ts';
import { askBack } from '../questions.ts';
import type { Step, Steps } from './dialogue.ts';
import { previewParts } from '../texts/preview-text.ts';

const specStep: Step = {
  view: async (room, { taskId }) => {
    const { spec } = await printSpec(room.caller, room.ports, String(taskId));
    return {
      parts: [
        bold('Edit'),
        '\n',
        pre(stringify(spec, { lineWidth: 60 }).trimEnd().slice(0, 3_000)),
        '\nWrite the lines that are to change, like\ntrigger: 61000',
      ],
      choices: [],
      isTyped: true,
    };
  },
  answer: async (room, { taskId }, answer) => {
    if (answer.kind !== 'text') return { again: 'Write the lines that are to change, or /cancel.' };
    const { caller, ports, waitMs } = room;
    const changes = readWritten(answer.text, 'spec');
    if (typeof changes !== 'object' || changes === null || Array.isArray(changes))
      throw new BadInput('This changes nothing', [
        { path: 'spec', found: JSON.stringify(changes), expected: 'lines like trigger: 61000' },
      ]);
    const { spec: before } = await printSpec(caller, ports, String(taskId));
    const spec = merged(before, changes);
    const { accountName, userName } = await showTask(caller, ports, String(taskId));
    const reply = await previewSpec(caller, ports, {
      account: { name: accountName, userName },
      spec,
      waitMs,
    });
    if (reply?.kind === 'refused') return { again: `Not possible: ${foreign(reply.reason, 600)}` };
    const parts: Part[] = [
      bold('Change the task so?'),
      '\n',
      pre(stringify(changes, { lineWidth: 60 }).trimEnd().slice(0, 1_500)),
    ];
    if (reply === null) parts.push('\nNo daemon has answered, so what it would do now is not known.');
    else
      for (const { preview, conditions, does } of reply.advice.rules) {
        parts.push(`\n${conditions.map(({ text }) => text).join('; ')} → ${does}\n`);
        if (preview) parts.push(...previewParts(preview, ports.rules));
      }
    await askBack(room, parts, { kind: 'edit', taskId: String(taskId), spec });
    return 'over';
  },
};

/** A trigger or a target takes the place of several rules, and the other way round. */
function merged(before: object, changes: object): object {
  const replaced = 'rules' in changes ? ['trigger', 'target'] : 'trigger' in changes ? ['rules'] : [];
  const kept = Object.fromEntries(Object.entries(before).filter(([key]) => !replaced.includes(key)));
  return { ...kept, ...changes };
}

export const editTaskSteps: Steps = { 'edit.spec': specStep };
