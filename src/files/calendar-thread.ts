/**
 * Reads an iCalendar in a thread of its own, within bounds of time and memory: a series may be written so that looking for
 * its next time never ends, and a large calendar takes a second in which no order may have to wait.
 */
import { messageOf } from '../domain/errors.ts';
import type { Blackout } from '../domain/rules/blackouts.ts';
import type { Span } from './icalendar.ts';
import { Thread } from './thread.ts';

export interface CalendarQuestion {
  readonly text: string;
  readonly span: Span;
}

export type CalendarAnswer = { readonly events: readonly Blackout[] } | { readonly problem: string };

const timeoutMs = 10_000;
const memoryMaxMb = 256;

/**
 * Events of the text that overlap the span, in their order.
 * @throws Error that says what is wrong with the text, or that reading it takes too long
 */
export async function readICalendar(text: string, span: Span): Promise<readonly Blackout[]> {
  const answer = await askThread({ text, span });
  if ('problem' in answer) throw new Error(answer.problem);
  return answer.events;
}

async function askThread(question: CalendarQuestion): Promise<CalendarAnswer> {
  const thread = new Thread<CalendarQuestion, CalendarAnswer>({
    worker: 'calendar-worker',
    beside: import.meta.url,
    memoryMaxMb,
  });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await thread.run(question, { signal });
  } catch (cause) {
    const took = `takes more than ${timeoutMs / 1_000} s: a series in it may never end`;
    throw new Error(`reading it ${signal.aborted ? took : `failed: ${messageOf(cause)}`}`, { cause });
  } finally {
    await thread.close();
  }
}
