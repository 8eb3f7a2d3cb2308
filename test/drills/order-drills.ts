/** What becomes of the connection over which orders are sent, while prices, events and REST are as they should be. */
import type { Drill } from './drill.ts';

export const orderDrills: readonly Drill[] = [
  {
    name: 'order-entry-silent',
    title: 'The connection for orders is half-open',
    happens:
      'The websocket for orders stays open and nothing passes any more, just when a roll is asked for: the order of leg 1 is written to it, and the exchange never reads it in time.',
    sees: [],
    mendsItself:
      'The order is looked up by its id and sent by neither way until the exchange has shown for ten seconds that it is not there. Then the same order goes by REST under the same id, and leg 2 after it; a ping finds the connection dead within half a minute, and another one is opened.',
    mended: [],
    needsAHand:
      'Nothing. Where it happens again and again, look for what ends idle connections between this machine and the exchange, or set `BYBIT_ORDERS=rest`; `rollkeeper_order_commands_total` counts both ways.',
    rollsMeanwhile: true,
    strike: (stage) => {
      const { faults } = stage.fixture.paper;
      faults.halfOpenSockets('trade');
      return Promise.resolve(async () => {
        await stage.rolled({ name: 'order-entry-silent' });
        // What was written is read now, and is older than the exchange accepts.
        faults.resumeSockets('trade');
      });
    },
  },
];
