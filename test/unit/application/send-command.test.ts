/** Commands for a task: under which id each is sent, and what is done only at the version that was shown. */
import { describe, expect, test } from 'vitest';
import { askTask } from '../../../src/application/ask-task.ts';
import type { Caller } from '../../../src/application/caller.ts';
import type { Ports } from '../../../src/application/ports.ts';

const ann = { kind: 'user', userId: '7', right: 'manage', isAdministrator: false, from: 'a test' } as const;
const task = { taskId: 'task1', version: 4, accountId: '9', accountName: 'main', role: 'trader' };

interface Sent {
  readonly commandId?: string;
  readonly expectedVersion?: number;
}
type Answer = { readonly status: 'done' | 'refused'; readonly text: string } | null;

/** @param versions of the task, as it is read one time after the other */
function scene(answer: Answer = { status: 'done', text: 'paused' }, versions: number[] = [4]) {
  const sent: Sent[] = [];
  const waits: unknown[] = [];
  const read = { at: 0 };
  const ports = {
    tasks: {
      showTask: () => {
        const version = versions[Math.min(read.at, versions.length - 1)];
        read.at += 1;
        return Promise.resolve({ ...task, version });
      },
    },
    commands: {
      send: (command: Sent) => {
        sent.push(command);
        return Promise.resolve(command.commandId ?? 'drawn');
      },
      awaitAnswer: (...given: unknown[]) => {
        waits.push(given);
        return Promise.resolve(answer);
      },
    },
  } as unknown as Ports;
  const ask = (terms: { expectedVersion?: number; requestId?: string } = {}, caller: Caller = ann) =>
    askTask(caller, ports, { taskId: 'task1', kind: 'pause', waitMs: 70, ...terms });
  return { ask, sent, waits };
}

describe('a command for a task', () => {
  test('is sent for who asks, and its answer is waited for', async () => {
    const { ask, sent, waits } = scene();
    expect(await ask()).toEqual({ taskId: 'task1', commandId: 'drawn', status: 'done', answer: 'paused' });
    expect(sent).toEqual([
      { accountId: '9', taskId: 'task1', kind: 'pause', payload: null, askedBy: 'user:7', from: 'a test' },
    ]);
    expect(waits).toEqual([['drawn', 70]]);
  });

  test('without an answer is queued', async () => {
    expect(await scene(null).ask()).toMatchObject({ status: 'queued', answer: null });
  });

  test('is for traders of its account alone', async () => {
    const { ask, sent } = scene();
    await expect(ask({}, { ...ann, right: 'read' })).rejects.toMatchObject({ name: 'NotAllowed' });
    expect(sent).toEqual([]);
  });

  test('that is asked twice under one id has the same id, and another one for another version', async () => {
    const { ask, sent } = scene();
    await ask({ requestId: 'r' });
    await ask({ requestId: 'r' });
    await ask({ requestId: 'other' });
    await ask({ requestId: 'r', expectedVersion: 4 });
    await ask({ requestId: 'r', expectedVersion: 4 });
    const ids = sent.map(({ commandId }) => commandId);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[4]).toBe(ids[3]);
    expect(new Set(ids).size).toBe(3);
    const moved = scene(undefined, [5]);
    await moved.ask({ requestId: 'r', expectedVersion: 5 });
    expect(ids).not.toContain(moved.sent[0]?.commandId);
  });
});

describe('a command for the version that was shown', () => {
  const outdated = (version: number) => ({ name: 'Outdated', version });

  test('is sent with it, and has the answer that the daemon gave', async () => {
    const { ask, sent } = scene();
    expect(await ask({ expectedVersion: 4 })).toMatchObject({ status: 'done', answer: 'paused' });
    expect(sent).toMatchObject([{ expectedVersion: 4 }]);
    expect('commandId' in (sent[0] ?? {})).toBe(false);
  });

  test('is not sent at another version', async () => {
    const { ask, sent } = scene(undefined, [5]);
    await expect(ask({ expectedVersion: 4 })).rejects.toMatchObject(outdated(5));
    expect(sent).toEqual([]);
  });

  test('that was refused is outdated where the task has moved meanwhile, and refused where it has not', async () => {
    const refused = { status: 'refused', text: 'no' } as const;
    await expect(scene(refused, [4, 6]).ask({ expectedVersion: 4 })).rejects.toMatchObject(outdated(6));
    expect(await scene(refused, [4, 4]).ask({ expectedVersion: 4 })).toMatchObject({ status: 'refused' });
    // What was done has moved the task itself.
    expect(await scene(undefined, [4, 5]).ask({ expectedVersion: 4 })).toMatchObject({ status: 'done' });
    expect(await scene(refused, [4, 6]).ask()).toMatchObject({ status: 'refused' });
  });
});
