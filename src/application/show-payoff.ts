/** The payoff of a task: what it would come to at prices of the underlying, now, between the legs of its next roll, and after it. */
import { ledgerView, type Advice } from '../domain/explain/advice.ts';
import { payoffView, type PayoffView } from '../domain/explain/payoff-view.ts';
import type { Preview } from '../domain/explain/preview.ts';
import type { Caller } from './caller.ts';
import type { TaskQuestion } from './explain-task.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { storedStateOf } from './stored-state.ts';

const nothingYet: PayoffView = {
  settleCoin: null,
  atMs: null,
  index: null,
  booked: null,
  prices: [],
  curves: [],
  triggers: [],
  held: [],
  wanted: [],
};

/**
 * By the prices of its daemon, if that answers within `waitMs`; else what is stored is drawn, without today and without the next
 * roll. Empty while no daemon has adopted the task.
 * @throws NotFound when the caller sees no such task
 */
export async function showPayoff(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'advice' | 'rules'>,
  { taskId: given, waitMs }: TaskQuestion,
): Promise<PayoffView> {
  const task = await findTask(caller, ports, given);
  const { taskId, accountId } = task;
  const stored = storedStateOf(task);
  if (stored === null) return nothingYet;
  const { context, order } = stored;
  const isOver = task.state === 'COMPLETED';
  const reply = isOver ? null : await ports.advice.ask({ accountId, taskId, spec: null }, waitMs);
  const advice = reply?.kind === 'advice' ? reply.advice : null;
  const now = advice && { atMs: advice.atMs, prices: advice.prices ?? null };
  const preview = advice && nextTradeIn(advice);
  return payoffView(
    { context, ledger: advice?.ledger ?? ledgerView(context, order), now, preview },
    ports.rules.readSymbol,
  );
}

/** Of the first rule that would trade now, else of the first that would if its guards let it. */
function nextTradeIn({ rules }: Advice): Preview | null {
  const previews = rules.flatMap(({ preview }) => (preview && preview.legs.length > 0 ? [preview] : []));
  return previews.find(({ would }) => would !== 'nothing') ?? previews[0] ?? null;
}
