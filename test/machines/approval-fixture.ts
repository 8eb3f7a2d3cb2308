/** A task that asks before it trades, asked at a price on which its rule is due; and what people say to it. */
import { expect } from 'vitest';
import type { Question } from '../../src/domain/roll/question.ts';
import { TaskFixture, type FixtureOptions } from '../support/task-fixture.ts';

export const call24 = 'BTC-31MAR23-24000-C-USDT';
export const call25 = 'BTC-31MAR23-25000-C-USDT';
/** What its roll sends. */
export const rolled = [`Buy 0.3 ${call24}`, `Sell 0.3 ${call25}`];
/** Of its first question. */
export const firstId = 'task000001-v1';

export const asking = (changes: object = {}, options: FixtureOptions = {}): TaskFixture =>
  new TaskFixture({ ...options, spec: { approval: { otherwise: 'skip' }, ...changes } });

/** It has asked. */
export async function asked(changes: object = {}, options: FixtureOptions = {}): Promise<TaskFixture> {
  const fixture = asking(changes, options);
  await fixture.price('23500');
  expect(fixture.task.state).toBe('IDLE.awaitingApproval');
  return fixture;
}

/** What it says to the answer. @param approvalId `null`: to the question that stands */
export async function answer(
  fixture: TaskFixture,
  type: 'APPROVE' | 'DECLINE',
  approvalId: string | null = null,
): Promise<string> {
  let text = 'not answered';
  fixture.task.send({ type, approvalId, commandId: type, askedBy: 'operator' }, ({ turn }) => {
    const [first] = turn.answers;
    if (first) text = `${first.status}: ${first.text}`;
  });
  await fixture.clock.advance(0);
  return text;
}

export const questionIn = ({ task }: TaskFixture): Question | undefined => task.context.question;
export const orders = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`);
/** Of its alerts. */
export const codes = ({ journal }: TaskFixture): string[] =>
  journal.records.flatMap(({ alerts }) => alerts.map(({ code }) => code));
