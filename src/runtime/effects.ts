/**
 * The effects of the machines: the only place where a task touches the exchange. Writes wait for the commit of the turn
 * that decided them, leave only while that decision is fresh, and, when merely restarted, answer "unknown" instead of
 * acting twice. Reads wait for no commit; the one that a decision is made on waits until the task is admitted.
 */
import { messageOf, Retryable, Terminal, UnknownOutcome } from '../domain/errors.ts';
import { isOfSeries, parseOptionSymbol } from '../domain/option-symbol.ts';
import { withQuotes, type ListedOption, type OrderRequest, type Quote } from '../domain/order.ts';
import type {
  MarketQuestion,
  MarketReading,
  OrderLookUp,
  ReadAnswer,
  WriteAnswer,
} from '../domain/outcomes.ts';
import { withinReach } from '../domain/targets.ts';
import { sendWithinMs } from '../domain/write-window.ts';
import type { OrderRef, TradingAccount } from '../ports/exchange.ts';
import type { MarketData } from '../ports/market-data.ts';
import { orderMachine } from '../../machines/order.machine.ts';
import { rollMachine } from '../../machines/roll.machine.ts';
import { effect, untilTime, type EffectHost, type Stopping } from './effect.ts';
import { reminder } from './reminder.ts';

/** The roll machine with every effect in place. */
export function provideEffects() {
  const alarm = effect<object, { atMs: number }>(({ atMs }, { clock }, stopping) =>
    untilTime(clock, atMs, stopping),
  );
  return rollMachine.provide({
    actors: {
      alarm,
      reminder,
      'read market': reading<MarketReading, MarketQuestion>(readMarket),
      'work order': orderMachine.provide({
        actors: {
          alarm,
          'submit order': writing<OrderRequest>((account, order, notAfterMs) =>
            account.submit(order, notAfterMs),
          ),
          'amend order': writing<OrderRef & { price: string }>((account, order, notAfterMs) =>
            account.amend(order, notAfterMs),
          ),
          'cancel order': writing<OrderRef>((account, order, notAfterMs) =>
            account.cancel(order, notAfterMs),
          ),
          'look up order': reading<OrderLookUp, OrderRef>(lookUpOrder),
          'read quote': reading<Quote, { symbol: string }>(({ symbol }, { market }) => market.quote(symbol)),
        },
      }),
    },
  });
}

export type ProvidedRollMachine = ReturnType<typeof provideEffects>;

const writing = <Input>(act: (account: TradingAccount, input: Input, notAfterMs: number) => Promise<void>) =>
  effect<WriteAnswer, Input>(async (input, host) => {
    if (host.isResuming) return { kind: 'unknown', reason: 'restarted before the answer was known' };
    const decidedAtMs = await host.committed();
    try {
      await act(host.account, input, decidedAtMs + sendWithinMs);
      return { kind: 'acknowledged' };
    } catch (error) {
      return failedWrite(error);
    }
  });

function failedWrite(error: unknown): WriteAnswer {
  const reason = messageOf(error);
  if (error instanceof Terminal) return { kind: 'refused', reason, scope: error.scope };
  if (error instanceof Retryable) return { kind: 'retry', reason, retryAfterMs: error.retryAfterMs };
  return { kind: 'unknown', reason, orderExists: error instanceof UnknownOutcome && error.orderExists };
}

const readAttemptsMax = 3;

const reading = <Value, Input>(
  read: (input: Input, host: EffectHost, stopping: Stopping) => Promise<Value>,
) =>
  effect<ReadAnswer<Value>, Input>(async (input, host, stopping) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return { kind: 'read', value: await read(input, host, stopping) };
      } catch (error) {
        if (attempt >= readAttemptsMax || !(error instanceof Retryable)) {
          return { kind: 'failed', reason: messageOf(error) };
        }
        await untilTime(host.clock, host.clock.nowMs() + error.retryAfterMs, stopping);
      }
    }
  });

async function readMarket(
  question: MarketQuestion,
  host: EffectHost,
  stopping: Stopping,
): Promise<MarketReading> {
  await host.admitted(stopping);
  const { account, market } = host;
  const held = parseOptionSymbol(question.symbol);
  const [positions, chain, margin] = await Promise.all([
    account.positions(),
    readChain(question, market),
    account.margin(),
  ]);
  return { positions: positions.filter(({ symbol }) => isOfSeries(symbol, held)), chain, margin };
}

/** Where nothing may take the target's place two quotes do: a whole expiry is a hundred times as much to send and read. */
async function readChain(question: MarketQuestion, market: MarketData): Promise<readonly ListedOption[]> {
  const held = parseOptionSymbol(question.symbol);
  if (question.alternatives > 0) return withinReach(question, await market.chain(held));
  const options = withinReach(question, withQuotes(await market.listed(held), []));
  const instruments = options.map(({ instrument }) => instrument);
  const ends = instruments.filter(
    ({ symbol }, at) => symbol === question.symbol || at === instruments.length - 1,
  );
  return withQuotes(instruments, await market.quotes(ends.map(({ symbol }) => symbol)));
}

async function lookUpOrder(order: OrderRef, { account }: EffectHost): Promise<OrderLookUp> {
  const [sighting, position] = await Promise.all([account.findOrder(order), account.position(order.symbol)]);
  return { sighting, position };
}
