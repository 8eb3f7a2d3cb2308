/** What an exchange, the way to it and clocks do to a daemon. */
import type { Drill } from './drill.ts';
import type { ExchangeStage } from './exchange-stage.ts';

const hourMs = 3_600_000;
const nothing = (): Promise<void> => Promise.resolve();
const notRolled = (why: string) => ({
  at: 'alert' as const,
  says: `Not rolled: BTC-31MAR23-25000-C-USDT: …${why}…Nothing was changed.`,
});

/** The roll is asked for while every request is answered so; another one is asked for afterwards. */
const refusedRoll =
  (name: string, strike: (stage: ExchangeStage) => () => Promise<void>): Drill<ExchangeStage>['strike'] =>
  async (stage) => {
    const end = strike(stage);
    await stage.roll({ name });
    return end;
  };

export const exchangeDrills: readonly Drill<ExchangeStage>[] = [
  {
    name: 'exchange-5xx',
    title: 'The exchange answers 502',
    happens:
      'Leg 1 is closed; then every request about the order of leg 2 is answered with HTTP 502, also its look-ups.',
    sees: [
      {
        at: 'alert',
        says: 'warning: Whether order open-… of the task on BTC-31MAR23-25000-C-USDT was placed is not known: …Bybit answered HTTP 502…It is looked up.',
      },
    ],
    mendsItself:
      'The order is looked up for as long as it takes. Only when the exchange proves that it is not there, the same order is sent again under the same id.',
    mended: [],
    needsAHand:
      'Look at the exchange’s status page. While the position is missing, alerts come after 1, 5 and 15 minutes; if you know what became of the order, say so with `rollkeeper task resolve`.',
    rollsMeanwhile: true,
    strike: (stage) =>
      Promise.resolve(
        stage.answering(
          { kind: 'httpError', status: 502, match: { linkIdPrefix: 'open-' } },
          { kind: 'httpError', status: 502, match: { endpoint: '/v5/order/realtime' } },
          { kind: 'httpError', status: 502, match: { endpoint: '/v5/order/history' } },
        ),
      ),
  },
  {
    name: 'exchange-html',
    title: 'The exchange answers with a page',
    happens:
      'Every request is answered with HTTP 200 and a page of HTML, as a proxy or a protection in between does.',
    sees: [notRolled("Bybit's answer could not be read, it is not a Bybit V5 answer")],
    mendsItself:
      'No page is taken for an answer. A roll that has not begun is tried again with the next price; one under way looks its order up.',
    mended: [],
    needsAHand:
      'Open the address of the exchange from this machine and read the page: a barred region, a proxy, a check for robots.',
    strike: refusedRoll('exchange-html', (stage) => stage.answering({ kind: 'httpError', status: 200 })),
  },
  {
    name: 'exchange-maintenance',
    title: 'The exchange is under maintenance',
    happens:
      'It announces maintenance, cuts the streams and answers every signed request with an error of its own.',
    sees: [
      notRolled('Bybit answered 10016 "System maintenance"'),
      { at: 'doctor', says: 'under maintenance: Trading system upgrade' },
    ],
    mendsItself:
      'Nothing trades meanwhile, and streams connect again by themselves. Rolls under way go on when orders are taken again.',
    mended: [],
    needsAHand:
      'Nothing during it. Before one that is planned you may want to `rollkeeper halt`, so that no roll is caught between its legs; `rollkeeper doctor` names it a week ahead.',
    strike: refusedRoll('exchange-maintenance', (stage) => {
      const { faults, player } = stage.fixture.paper;
      const [beginMs, endMs] = [player.nowMs(), player.nowMs() + hourMs];
      faults.announce({ title: 'Trading system upgrade', beginMs, endMs });
      faults.dropSockets();
      const end = stage.answering({ kind: 'reject', retCode: 10016, retMsg: 'System maintenance' });
      return () => {
        faults.announce(null);
        return end();
      };
    }),
  },
  {
    name: 'exchange-rate-limit',
    title: 'The exchange says that there are too many requests',
    happens:
      'Every signed request is refused for its rate (10006), because another program uses the same key.',
    sees: [notRolled('Bybit answered 10006 "Too many visits!" (too many requests in this second)')],
    mendsItself:
      'Requests wait for their turn and reads are asked again; an order that was refused so is looked up before it is sent again.',
    mended: [],
    needsAHand:
      'Give every program a key of its own. A daemon keeps the limits of the exchange by itself: `rollkeeper_exchange_requests_total` shows what it asks.',
    strike: refusedRoll('exchange-rate-limit', (stage) =>
      stage.answering({ kind: 'reject', retCode: 10006, retMsg: 'Too many visits!' }),
    ),
  },
  {
    name: 'exchange-silent',
    title: 'Connections to the exchange are half-open',
    happens: 'A firewall forgets every connection: they stay open on this side, and nothing passes any more.',
    sees: [
      { at: 'log', says: 'warn: prices are stale: no trigger on them fires until they are back' },
      { at: 'ready', says: 'no prices: …' },
    ],
    mendsItself:
      'Ten seconds without a price make a feed stale; it is opened anew, and what has to hold for a while starts over.',
    mended: [{ at: 'log', says: 'info: prices are live' }],
    needsAHand:
      'Nothing, where it passes. Prices that stay away are critical after a minute: look at the network.',
    strike: (stage) => {
      stage.wire.mode = 'silent';
      return Promise.resolve(() => {
        stage.wire.mode = 'on';
        return Promise.resolve();
      });
    },
  },
  {
    name: 'exchange-certificate',
    title: 'The certificate of the exchange is not valid',
    happens:
      'New connections are shown a certificate that has expired: a proxy in between, or the date of this machine.',
    sees: [
      { at: 'log', says: 'warn: stream lost (the socket failed: certificate has expired)' },
      { at: 'ready', says: 'no prices: …' },
      { at: 'doctor', says: 'CERT_HAS_EXPIRED' },
    ],
    mendsItself:
      'Nothing is sent where the certificate is not right. Connections are tried again, ever more rarely, until it is.',
    mended: [{ at: 'log', says: 'info: prices are live' }],
    needsAHand:
      'Compare the date of this machine and the certificate (`openssl s_client -connect HOST:443`). A proxy of your own has to be trusted with `NODE_EXTRA_CA_CERTS`.',
    strike: (stage) => {
      stage.wire.show('expired');
      stage.wire.cut();
      return Promise.resolve(() => {
        stage.wire.show('localhost');
        stage.wire.cut();
        return Promise.resolve();
      });
    },
  },
  {
    name: 'machine-clock-steps',
    title: 'The clock of this machine is set, ten seconds at once',
    happens: 'A time service sets the clock ten seconds ahead, and back again, in the middle of a roll.',
    sees: [{ at: 'doctor', says: 'that of the database is …s behind' }],
    mendsItself:
      'A roll lives in the exchange’s time, which goes on with monotonic time here: it is not touched, and no order is too late or too early.',
    mended: [],
    needsAHand: 'Switch the time service (NTP) on. The log is hard to read meanwhile.',
    rollsMeanwhile: true,
    strike: (stage) => {
      stage.daemon.process.kill('SIGUSR2');
      stage.commandEnvironment = { DRILL_CLOCK_MS: '10000' };
      return Promise.resolve(() => {
        stage.daemon.process.kill('SIGUSR2');
        stage.commandEnvironment = {};
        return Promise.resolve();
      });
    },
  },
  {
    name: 'exchange-clock-steps',
    title: 'The clock of the exchange is set, ten seconds at once',
    happens:
      'The exchange’s time jumps ten seconds ahead while a roll is under way, and back again once it is over.',
    sees: [],
    mendsItself:
      'What is refused for its time is signed anew with the exchange’s time as it says it then. The roll is made as ever.',
    mended: [],
    needsAHand: 'Nothing.',
    rollsMeanwhile: true,
    strike: async (stage) => {
      stage.fixture.paper.advance(10_000);
      await stage.roll({ name: 'exchange-clock-steps' });
      await stage.rolled({ name: 'exchange-clock-steps' });
      stage.fixture.paper.advance(-10_000);
      return nothing;
    },
  },
];
