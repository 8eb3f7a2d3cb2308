/**
 * The backtests that a daemon plays for people: one after the other, in a thread, each for a bounded time and with bounded memory.
 * Finished ones are kept for a while. Nothing is stored: when the daemon ends they are gone, and a person asks again.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { messageOf } from '../domain/errors.ts';
import { TooMany } from '../domain/request-errors.ts';
import { hourMs, minuteMs } from '../domain/units.ts';
import { bundledTapePath } from '../exchange/paper/bundled-tape.ts';
import { Thread } from '../files/thread.ts';
import type { BacktestOrder, Backtests, BacktestView, PriceFileView, Tape } from '../ports/backtests.ts';
import type { BacktestRun, PlayedAnswer, PlayedNews } from './job-worker.ts';
import { KeptFiles } from './kept-files.ts';

const bundledTape: Tape = {
  name: 'btc-march-2023',
  about: 'BTC by the minute, 1 to 21 March 2023, as traded on Bybit',
  coin: 'BTC',
  fromMs: Date.UTC(2023, 2, 1),
  toMs: Date.UTC(2023, 2, 22),
};

const waitingMax = 8;
const waitingOfOwnerMax = 3;
const keptMax = 40;
const keptMs = hourMs;
const playedMaxMs = 10 * minuteMs;
const memoryMaxMb = 512;
/** Ten years of minutes. */
const linesMax = 5_300_000;

export interface BacktestJobsOptions {
  /** Local time. */
  readonly nowMs: () => number;
  /** For tests: how long one backtest may take. */
  readonly playedMaxMs?: number;
}

interface Job {
  readonly owner: string;
  readonly order: BacktestOrder;
  readonly path: string;
  readonly pricesName: string;
  readonly abort: AbortController;
  view: BacktestView;
  /** When it ended, by `nowMs`; `null` before. */
  endedAtMs: number | null;
}

export class BacktestJobs implements Backtests {
  readonly #nowMs: () => number;
  readonly #playedMaxMs: number;
  readonly #files: KeptFiles;
  readonly #jobs = new Map<string, Job>();
  #playing: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: BacktestJobsOptions) {
    this.#nowMs = options.nowMs;
    this.#playedMaxMs = options.playedMaxMs ?? playedMaxMs;
    this.#files = new KeptFiles(options.nowMs);
  }

  tapes(): readonly Tape[] {
    return [bundledTape];
  }

  keepPriceFile(
    owner: string,
    { name, content }: { readonly name: string; readonly content: Uint8Array },
  ): Promise<PriceFileView> {
    return this.#files.keep(owner, name, content);
  }

  priceFiles(owner: string): readonly PriceFileView[] {
    return this.#files.list(owner);
  }

  start(owner: string, backtestId: string, order: BacktestOrder): void {
    this.#forgetOld();
    const known = this.#jobs.get(backtestId);
    if (known?.owner === owner) return;
    const waiting = [...this.#jobs.values()].filter(({ endedAtMs }) => endedAtMs === null);
    if (known || this.#isClosed || waiting.length >= waitingMax)
      throw new TooMany('As many backtests as there is room for wait to be played: try again in a minute');
    if (waiting.filter((job) => job.owner === owner).length >= waitingOfOwnerMax)
      throw new TooMany(
        `${waitingOfOwnerMax} of your backtests wait to be played: wait for one, or cancel one`,
      );
    this.#jobs.set(backtestId, {
      owner,
      order,
      ...this.#pricesOf(owner, order.prices),
      abort: new AbortController(),
      view: waitingView(backtestId, this.#nowMs()),
      endedAtMs: null,
    });
    this.#playing ??= this.#playAll();
  }

  view(owner: string, backtestId: string): BacktestView | null {
    this.#forgetOld();
    const job = this.#jobs.get(backtestId);
    if (job?.owner !== owner) return null;
    const unended = [...this.#jobs.values()].filter(({ endedAtMs }) => endedAtMs === null);
    return { ...job.view, before: Math.max(0, unended.indexOf(job)) };
  }

  remove(owner: string, backtestId: string): Promise<boolean> {
    const job = this.#jobs.get(backtestId);
    if (job?.owner !== owner) return Promise.resolve(false);
    job.abort.abort();
    this.#jobs.delete(backtestId);
    return Promise.resolve(true);
  }

  /** Ends what is played and deletes the files. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { abort } of this.#jobs.values()) abort.abort();
    this.#jobs.clear();
    await this.#playing;
    await this.#files.close();
  }

  #pricesOf(owner: string, prices: string): { readonly path: string; readonly pricesName: string } {
    if (prices === bundledTape.name) return { path: bundledTapePath, pricesName: bundledTape.name };
    const { path, name } = this.#files.find(owner, prices);
    return { path, pricesName: name };
  }

  async #playAll(): Promise<void> {
    // So that a person who starts one has the answer before anything is played.
    await Promise.resolve();
    for (let job = this.#next(); job !== null; job = this.#next()) await this.#play(job);
    this.#playing = null;
  }

  #next(): Job | null {
    return [...this.#jobs.values()].find(({ endedAtMs }) => endedAtMs === null) ?? null;
  }

  /** Never rejects. */
  async #play(job: Job): Promise<void> {
    const thread = new Thread<BacktestRun, PlayedAnswer>({
      worker: 'job-worker',
      beside: import.meta.url,
      memoryMaxMb,
    });
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (news: PlayedNews) => (job.view = withNews(job.view, news)));
    job.view = { ...job.view, state: 'playing' };
    const tooLong = AbortSignal.timeout(this.#playedMaxMs);
    const signal = AbortSignal.any([job.abort.signal, tooLong]);
    try {
      const answer = await thread.run(runOf(job, port2), { signal, transferList: [port2] });
      // What was sent before the answer may still be on its way.
      await new Promise((resolve) => port1.once('close', resolve));
      job.view = endedView(job.view, answer);
    } catch (error) {
      job.view = { ...job.view, ...this.#failure(job, { error, isTooLong: tooLong.aborted }) };
    } finally {
      job.endedAtMs = this.#nowMs();
      port1.close();
      await thread.close();
    }
  }

  #failure(
    { abort }: Job,
    { error, isTooLong }: { readonly error: unknown; readonly isTooLong: boolean },
  ): Pick<BacktestView, 'state' | 'problem'> {
    if (abort.signal.aborted) return { state: 'cancelled', problem: 'It was cancelled' };
    const minutes = Math.ceil(this.#playedMaxMs / minuteMs);
    const tooLong = `It took more than ${minutes} min and was ended: play a shorter time, or a smaller sweep`;
    return { state: 'failed', problem: isTooLong ? tooLong : `It could not be played: ${messageOf(error)}` };
  }

  #forgetOld(): void {
    const ended = [...this.#jobs].filter(([, { endedAtMs }]) => endedAtMs !== null);
    const tooMany = Math.max(0, this.#jobs.size - keptMax);
    for (const [at, [id, { endedAtMs }]] of ended.entries())
      if (at < tooMany || (endedAtMs ?? 0) + keptMs <= this.#nowMs()) this.#jobs.delete(id);
  }
}

const runOf = ({ order, path, pricesName }: Job, port: MessagePort): BacktestRun => ({
  order,
  path,
  pricesName,
  linesMax,
  port,
});

const waitingView = (backtestId: string, askedAtMs: number): BacktestView => ({
  backtestId,
  state: 'waiting',
  before: 0,
  progress: 0,
  askedAtMs,
  problem: null,
  faults: [],
  report: null,
  sweep: null,
});

function withNews(view: BacktestView, news: PlayedNews): BacktestView {
  const { sweep } = view;
  switch (news.kind) {
    case 'progress':
      return { ...view, progress: Math.min(1, news.share) };
    case 'axes':
      return { ...view, report: news.report, sweep: { axes: news.axes, cells: [] } };
    case 'cell':
      return sweep ? { ...view, sweep: { ...sweep, cells: [...sweep.cells, news.cell] } } : view;
  }
}

function endedView(view: BacktestView, answer: PlayedAnswer): BacktestView {
  if (answer.kind === 'done') return { ...view, state: 'done', progress: 1, report: answer.report };
  const { problem, faults } = answer;
  return { ...view, state: 'refused', problem, faults };
}
