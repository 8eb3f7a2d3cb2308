/** Carries each incident out in a simulated world. */
import { decimal, toText } from '../../src/domain/money.ts';
import { openLegs } from '../../src/domain/rules/structure.ts';
import type { StoredTask } from '../../src/ports/journal.ts';
import { contextOf } from './audit/stored-turn.ts';
import type { Episode } from './episode.ts';
import type { Incident } from './incidents.ts';
import { legsPlanned } from './plan.ts';
import { drawRules } from './rules-plan.ts';
import { drawStructureSpec } from './structures-plan.ts';
import type { SimDaemon } from './world/daemon.ts';
import { Chance } from './world/random.ts';

export function carryOut(world: Episode, incident: Incident): void {
  if ('daemon' in incident) {
    const daemon = world.daemons[incident.daemon];
    if (daemon?.process.isRunning === true) carryOutAtDaemon(world, daemon, incident);
  } else carryOutInWorld(world, incident);
}

type DaemonIncident = Extract<Incident, { daemon: number }>;

function carryOutInWorld(world: Episode, incident: Exclude<Incident, DaemonIncident>): void {
  const { exchange, database, timeline } = world;
  switch (incident.kind) {
    case 'exchange fault': {
      const lift = exchange.faults.add(incident.rule);
      if (incident.forMs !== null) timeline.after(incident.forMs, lift);
      return;
    }
    case 'thin book':
    case 'no quote':
      for (const { symbol } of world.plan.tasks.flatMap(legsPlanned)) {
        if (incident.kind === 'no quote') exchange.faults.noQuote(symbol, incident.side);
        else exchange.faults.thinBook(symbol, incident.qty);
        timeline.after(incident.forMs, () => {
          if (incident.kind === 'no quote') exchange.faults.noQuote(symbol, null);
          else exchange.faults.thinBook(symbol, null);
        });
      }
      return;
    case 'exchange restart':
      exchange.restart(incident.awayMs);
      for (const daemon of world.daemons)
        for (const account of daemon.accounts.values()) account.breakStream(0, incident.awayMs + 100);
      return;
    case 'database away':
      database.isAway = true;
      timeline.after(incident.forMs, () => {
        database.isAway = false;
      });
      return;
    case 'command':
      for (const { taskId } of world.plan.tasks) world.ask(taskId, incident.command);
      return;
    case 'steps in':
      stepIn(world, incident.command, incident.times);
      return;
    case 'pauses rolls':
      pauseRolls(world, incident.times);
      return;
    case 'asks for a trade':
      askTask(world, incident.task, ({ taskId }) =>
        world.ask(taskId, incident.trade, incident.trade === 'rollNow' ? { rule: null } : null),
      );
      return;
    case 'edits':
      askTask(world, incident.task, (task) =>
        world.ask(task.taskId, 'edit', otherSpec(world, task, incident.seed)),
      );
      return;
    case 'answers':
      answerAll(world, incident);
      return;
    case 'halts':
      haltWhen(world, incident, haltWithinMs);
      return;
    case 'limits change': {
      const { accountId } = accountAt(world, incident.account);
      database.bounds.setLimits(accountId, incident.limits);
      for (const daemon of world.daemons) daemon.followBounds();
      return;
    }
    case 'owner closes a leg':
      closeByHand(world, incident.nth, incident.share);
      return;
    case 'strikes refuse':
      for (const symbol of otherStrikes(world)) {
        const match = { symbol, linkIdPrefix: 'open-' };
        const { retCode, forMs } = incident;
        timeline.after(forMs, exchange.faults.add({ kind: 'reject', retCode, times: 'always', match }));
      }
      return;
  }
}

const stepInEveryMs = 700;

/** Sends the command to every task that rolls at that moment, and again a little later. */
function stepIn(world: Episode, command: 'retry' | 'reopen' | 'acceptFlat', times: number): void {
  for (const { taskId, state } of world.database.tasks())
    if (/^(ROLL_INITIATED|LEG1_CLOSED|LEG2_OPENING|LEG1_CLOSING)/.test(state)) world.ask(taskId, command);
  if (times > 1) world.timeline.after(stepInEveryMs, () => stepIn(world, command, times - 1));
}

/** Pauses what rolls at that moment, and looks again a little later: an operator resumes what is paused. */
function pauseRolls(world: Episode, times: number): void {
  for (const { taskId, state } of world.database.tasks())
    if (state.startsWith('ROLL_INITIATED')) world.ask(taskId, 'pause');
  if (times > 1) world.timeline.after(stepInEveryMs, () => pauseRolls(world, times - 1));
}

/** Answers what waits at that moment, again and again perhaps. */
function answerAll(world: Episode, { answer, times, id }: Extract<Incident, { kind: 'answers' }>): void {
  for (const { taskId, snapshotJson } of world.database.tasks()) {
    const { question } = contextOf(snapshotJson);
    if (!question || (question.over && times === 1)) continue;
    const approvalId = { 'of the question': question.approvalId, none: null, wrong: `${taskId}-v0` }[id];
    for (let time = 0; time < times; time += 1) world.ask(taskId, answer, { approvalId });
  }
}

type HaltIncident = Extract<Incident, { kind: 'halts' }>;

const haltWithinMs = 20_000;
const haltLooksEveryMs = 40;
const statesAtHalt = {
  'at once': /^/,
  'leg 1': /^(ROLL_INITIATED\.(closingLeg1|openingLeg2)|LEG1_CLOSING)/,
  'leg 2': /^(LEG1_CLOSED|LEG2_OPENING)/,
  question: /^IDLE\.awaitingApproval/,
} as const;

const accountAt = (world: Episode, place: number): { readonly accountId: string } => {
  const { accounts } = world.plan;
  return accounts[place % accounts.length] ?? { accountId: '1' };
};

/** Looks for the wanted state for a while, and halts in the end in any. */
function haltWhen(world: Episode, incident: HaltIncident, patienceMs: number): void {
  const { account, when } = incident;
  const accountId = account === null ? null : accountAt(world, account).accountId;
  const isThere = world.database
    .tasks()
    .some((task) => (accountId ?? task.accountId) === task.accountId && statesAtHalt[when].test(task.state));
  if (isThere || patienceMs <= 0) halt(world, accountId, incident);
  else world.timeline.after(haltLooksEveryMs, () => haltWhen(world, incident, patienceMs - haltLooksEveryMs));
}

function halt(world: Episode, accountId: string | null, incident: HaltIncident): void {
  const { forMs, isUnnoticed, killsAfterSteps } = incident;
  const notice = (): void => {
    if (!isUnnoticed) for (const daemon of world.daemons) daemon.followBounds();
  };
  world.log(() => `*** ${accountId === null ? 'everything' : `account ${accountId}`} is halted`);
  const lift = world.database.bounds.halt(accountId, world.exchange.nowMs());
  notice();
  if (killsAfterSteps !== null)
    for (const place of world.daemons.keys())
      crash(world, place, { afterSteps: killsAfterSteps, backAfterMs: killsAfterSteps * 50 });
  if (forMs === null) return;
  world.timeline.after(forMs, () => {
    world.log(() => `*** the halt of ${accountId ?? 'everything'} is lifted`);
    lift();
    notice();
  });
}

function askTask(world: Episode, place: number, ask: (task: StoredTask) => void): void {
  const tasks = world.database.tasks();
  const task = tasks[place % tasks.length];
  if (task) ask(task);
}

/** Other rules for the options that the task holds now. */
function otherSpec(world: Episode, { snapshotJson }: StoredTask, seed: number): object {
  const { held, others } = contextOf(snapshotJson);
  const index = Number(world.exchange.market.indexText('BTC'));
  const isRising = others ? world.plan.index.jump > 0 : held.optionType === 'call';
  if (!others) return { symbol: held.symbol, ...drawRules(new Chance(seed), { index, isRising }) };
  const legs = [held, ...others].map(({ leg, symbol }) => ({ name: leg, symbol }));
  return drawStructureSpec(new Chance(seed), { index, isRising, legs });
}

/** An order of the owner's own, at any price. */
function closeByHand(world: Episode, nth: number, share: 'all' | 'half'): void {
  const open = world.database.tasks().flatMap(({ accountId, snapshotJson }) => {
    const context = contextOf(snapshotJson);
    return context.others ? openLegs(context).map(({ symbol }) => ({ accountId, symbol })) : [];
  });
  const leg = open[nth % open.length];
  const position = leg && world.exchange.account(leg.accountId).state.positions[leg.symbol];
  if (!position || !world.isHeldByOne(leg.accountId, leg.symbol)) return;
  const half = decimal(position.qty).times(50).floor().dividedBy(100);
  const qty = share === 'all' || half.isZero() ? position.qty : toText(half);
  world.tradeByHand(leg, { side: position.side === 'Sell' ? 'Buy' : 'Sell', qty });
}

function otherStrikes(world: Episode): readonly string[] {
  const { exchange, plan } = world;
  const [first] = plan.tasks.flatMap(legsPlanned);
  const expiry = first?.symbol.split('-')[1];
  return [...exchange.market.listing.of('BTC', exchange.nowMs()).values()]
    .filter((option) => option.expiry.code === expiry && option.strike % 2_000 === 0)
    .map(({ symbol }) => symbol);
}

function crash(
  world: Episode,
  place: number,
  { afterSteps, backAfterMs }: { readonly afterSteps: number; readonly backAfterMs: number },
): void {
  const daemon = world.daemons[place];
  daemon?.process.interruptAfter(afterSteps, () => {
    world.crashes += 1;
    world.log(() => `*** ${daemon.owner} is killed`);
    daemon.process.kill();
    world.timeline.after(backAfterMs, () => {
      if (world.daemons[place] === daemon) world.startDaemon(place);
    });
  });
}

function carryOutAtDaemon(world: Episode, daemon: SimDaemon, incident: DaemonIncident): void {
  const { exchange } = world;
  switch (incident.kind) {
    case 'crash':
      crash(world, incident.daemon, incident);
      return;
    case 'stop the world':
      daemon.process.interruptAfter(incident.afterSteps, () => {
        world.log(() => `*** ${daemon.owner} stands still for ${incident.forMs} ms`);
        daemon.process.stop(incident.forMs);
      });
      return;
    case 'clock step':
      daemon.clock.step(incident.skewMs);
      return;
    case 'late requests':
      daemon.weather.lateRequests = incident.count;
      daemon.weather.lateByMs = incident.byMs;
      return;
    case 'doubled requests':
      daemon.weather.doubledRequests = incident.count;
      return;
    case 'jumbled stream':
      daemon.weather.jumbledUntilMs = exchange.nowMs() + incident.forMs;
      return;
    case 'broken stream':
      for (const account of daemon.accounts.values()) account.breakStream(incident.silentMs, incident.awayMs);
      return;
    case 'silent feed':
      daemon.market.fallSilent(incident.noticedMs, incident.awayMs);
      return;
    case 'stalled stream':
      daemon.weather.streams[incident.stream].stall(exchange.nowMs() + incident.forMs);
      return;
    case 'stream behind':
      daemon.weather.streams[incident.stream].fallBehind(incident.byMs, exchange.nowMs() + incident.forMs);
      return;
    case 'late subscriptions':
      Object.assign(daemon.weather.lateSubscriptions, {
        byMs: incident.byMs,
        untilMs: exchange.nowMs() + incident.forMs,
      });
      return;
    case 'order socket dies':
      daemon.orders?.dieWithNext(incident.awayMs);
      return;
    case 'lost commit answers':
      daemon.trouble.lostAnswers = incident.count;
      return;
    case 'lost session':
      daemon.store.loseSession(incident.noticedAfterMs);
      return;
  }
}
