/**
 * What the exchange has said of the orders that may be sent next, for as long as nothing has changed: the account tells no more of
 * its margin than that it moved. While a decision is near, what was asked for lately is asked again. Times are local.
 */
import { isCheckedAlike, type CheckedOrder, type PreCheck } from '../../../domain/market/pre-check.ts';
import type { LocalTime } from '../time/local-time.ts';
import { KeptAnswer } from './kept-answer.ts';

interface Wanted {
  /** As it was asked about last: its price moves with the quotes. */
  order: CheckedOrder;
  lastWantedMs: number;
  readonly answer: KeptAnswer<PreCheck>;
}

/** Orders of one account; beyond them, the one that was wanted the longest ago is asked about when it is needed. */
const ordersMax = 8;
const wantedForMs = 20_000;
/** Prices move the margin, and the stream does not tell it. */
const askAgainMs = 2_500;

export class KeptChecks {
  readonly #ask: (order: CheckedOrder) => Promise<PreCheck>;
  readonly #local: LocalTime;
  #wanted: Wanted[] = [];

  constructor(ask: (order: CheckedOrder) => Promise<PreCheck>, local: LocalTime) {
    this.#ask = ask;
    this.#local = local;
  }

  /** @param ageMaxMs of the answer @throws what asking rejects with */
  async read(order: CheckedOrder, ageMaxMs: number): Promise<PreCheck> {
    const wanted = this.#want(order);
    return wanted.answer.ageMs <= ageMaxMs ? wanted.answer.read(ageMaxMs) : answerOf(wanted);
  }

  /** What was said holds no longer. */
  forget(): void {
    for (const { answer } of this.#wanted) answer.forget();
  }

  /** Asks again about what was wanted lately, where no young answer is kept. One that fails is asked by who needs it. */
  renew(): void {
    const nowMs = this.#local.nowMs();
    this.#wanted = this.#wanted.filter(({ lastWantedMs }) => nowMs - lastWantedMs <= wantedForMs);
    for (const wanted of this.#wanted)
      if (wanted.answer.ageMs > askAgainMs) void answerOf(wanted).catch(() => undefined);
  }

  #want(order: CheckedOrder): Wanted {
    const nowMs = this.#local.nowMs();
    const known = this.#wanted.find((wanted) => isCheckedAlike(wanted.order, order));
    const wanted: Wanted = known ?? {
      order,
      lastWantedMs: nowMs,
      answer: new KeptAnswer(() => this.#ask(wanted.order), this.#local),
    };
    wanted.order = order;
    wanted.lastWantedMs = nowMs;
    this.#wanted = [wanted, ...this.#wanted.filter((other) => other !== wanted)].slice(0, ordersMax);
    return wanted;
  }
}

/** A refusal is not kept: it may be for the price, or over with the next order of the account. */
async function answerOf({ answer }: Wanted): Promise<PreCheck> {
  const said = await answer.ask();
  if (said.kind === 'refused') answer.forget();
  return said;
}
