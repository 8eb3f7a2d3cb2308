/** Every account at an exchange there is against the promises of the port, figures included. */
import { pino } from 'pino';
import { AccountAccess } from '../../src/runtime/accounts/account-access.ts';
import { FixtureAccount, type Behaviour, fillAll, fillPart } from '../support/task-fixture.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';
import { ReceivedReports } from './exchange-fixture.ts';
import { openBacktestAccount, openBybitAccount, openSimulatedAccount } from './exchanges.ts';
import { type AccountFixture, ask, held, other, restingPrice } from './suites/account-fixture.ts';
import { cannot } from './suites/contract.ts';
import { describeTradingAccount } from './suites/trading-account.ts';

const streamBreaks = [
  'comes back by itself when its stream breaks, and says both',
  'finds an order that was filled while the stream was down',
] as const;
const answersGetLost = [
  'does not know the outcome of an order whose answer is lost, and finds it by its link id',
  'does not know the outcome of an order whose connection breaks, and finds nothing when it never arrived',
  'sends an order once, whatever the answer',
  'rejects a read that is not answered as one that may be repeated',
  'rejects a check that is not answered, or asked too often, as one that may be repeated',
] as const;
const nothingBetween = {
  reason: 'nothing lies between a backtest and its engine: no stream breaks and no answer is lost',
  tests: [...streamBreaks, ...answersGetLost],
} as const;

describeTradingAccount('Bybit adapter on the paper server, orders by REST', {
  open: () => openBybitAccount(false),
});

describeTradingAccount('Bybit adapter on the paper server, orders by websocket', {
  open: () => openBybitAccount(true),
});

describeTradingAccount('simulated world', {
  open: openSimulatedAccount,
  skip: [
    {
      reason:
        'its stream pushes orders and fills; what an owner does by hand is found by the look at each reconnect',
      tests: ['pushes a position whenever it changes, and flat once it is gone'],
    },
  ],
});

describeTradingAccount('paper side of a backtest', { open: openBacktestAccount, skip: [nothingBetween] });

/** As the tasks of a daemon have it: everything asked passes by the watch for refusals. */
async function openWatched(): Promise<AccountFixture> {
  const inner = await openBacktestAccount();
  const access = new AccountAccess({
    connect: () => Promise.resolve(inner.account),
    clock: new VirtualClock(inner.nowMs()),
    log: pino({ level: 'silent' }),
  });
  const account = await access.connect('a1');
  await account.open(inner.received);
  inner.received.stream.shift();
  return { ...inner, account };
}

describeTradingAccount('account watched for refusals, on the paper side of a backtest', {
  open: openWatched,
  skip: [nothingBetween],
});

/** Takes what crosses the ask, and lets the rest lie. */
const byPrice: Behaviour = (order, account) => {
  const asks: Record<string, string> = { [held]: ask, [other]: '420' };
  const crosses = Number(order.price) >= Number(asks[order.symbol]);
  const behaviour = crosses
    ? fillAll
    : order.timeInForce === 'IOC'
      ? fillPart('0', 'cancelled')
      : fillPart('0');
  return behaviour(order, account);
};

async function openScripted(): Promise<AccountFixture> {
  const clock = new VirtualClock();
  const account = new FixtureAccount(clock, [
    { symbol: held, side: 'Sell', qty: '0.5', averagePrice: '700' },
  ]);
  account.behaviours = [byPrice];
  const received = new ReceivedReports();
  await account.open(received);
  return {
    account,
    received,
    unopened: () => new FixtureAccount(clock, []),
    nowMs: () => clock.nowMs(),
    ordersTaken: () => account.submitted.map(({ linkId }) => linkId),
    setIndex: async () => {
      for (const { report } of account.orders.values())
        if (report.status === 'open' && report.price === restingPrice)
          account.fill(report.linkId, report.qty);
      await settle();
    },
    setHolding: (symbol, qty) => void account.holdings.set(symbol, qty),
    advance: (durationMs) => clock.advance(durationMs),
    pass: (durationMs) => clock.advance(durationMs),
    until: async (what, holds) => {
      await settle();
      if (!holds()) throw new Error(`it does not come that ${what}`);
    },
    faults: { add: cannot, thinBook: cannot },
    restart: () => Promise.resolve(),
    breakStream: cannot,
  };
}

describeTradingAccount('account that a test scripts', {
  open: openScripted,
  skip: [
    {
      reason: 'a test says itself what its stream says, when it breaks and whose answers are lost',
      tests: [
        ...streamBreaks,
        ...answersGetLost,
        'shows what a stop has executed, which carries no link id',
        'says that its stream is live when it is open',
        'reports nothing more once it is closed',
        'pushes a position whenever it changes, and flat once it is gone',
        'gives a fill that is reported twice the same id',
        'leaves an order filled that was filled before its cancel arrived, however often that is said',
        'reports an order that is rejected after its acknowledgement',
        'reports an order that rests as open, at its new price once it is amended, and ended when it is cancelled',
      ],
    },
    {
      reason: 'it has no market: what an order meets is scripted',
      tests: [
        'says why an order ended',
        'fills an order that is amended across the market',
        'ends an order that finds too little with what it got',
        'ends an order that may not take and would, and refuses it for its price',
      ],
    },
    {
      reason: 'it refuses what the test sets up',
      tests: [
        'refuses as over what can be neither amended nor cancelled any more, or never was',
        'refuses for good what the account cannot pay for, with the code, naming the order',
        'refuses for good what is off the grid or of no listed option',
        'does not know what becomes of an order under a link id that was used, and has it once',
      ],
    },
    {
      reason: 'it has prices, fees and margin of its own, and no money',
      tests: [
        'a part bought back at the ask: fee of a taker, 0.03 % of the index',
        'a resting order that the market comes to: its own price, fee of a maker, 0.02 % of the index',
        'a cheap option: no fee beyond 7 % of its price',
        'more sold of what is short: the average price of both',
        'more bought than is short: through flat to the other side, at its price',
        'more to be reduced than there is: cut to the position, which is flat then',
        'a thin book: what there is, and the rest is cancelled',
        'says beforehand what an order would do to the margin, as rates, and places nothing',
        'says beforehand that it would refuse what the account cannot pay for, in its words, with the rates',
        'says beforehand that it would refuse what is off the grid, without rates',
        'the margin of half a call that was sold: a tenth of the index and its price, and 3 %, 0.2 % and its mark',
        'a delivery: the difference to the strike and 0.015 % of the price, nothing for what is worthless',
      ],
    },
  ],
});
