/** Tries channels out from a command, with the senders that a daemon has. They are loaded when they are needed. */
import type { OpenedTrial } from '../../alerts/trial.ts';
import type { Config } from '../../config.ts';
import type { ChannelTrial } from '../../ports/channel-trial.ts';

export interface LazyTrial extends ChannelTrial {
  close(): Promise<void>;
}

export function lazyTrial(alerts: Config['alerts']): LazyTrial {
  let opened: Promise<OpenedTrial> | undefined;
  const open = (): Promise<OpenedTrial> =>
    (opened ??= import('../../alerts/trial.ts').then(({ openTrial }) =>
      openTrial({ ...alerts, telegram: null }),
    ));
  return {
    refusalOf: async (kind, address) => (await open()).refusalOf(kind, address),
    send: async (kind, address, message) => (await open()).send(kind, address, message),
    close: async () => (await opened)?.close(),
  };
}
