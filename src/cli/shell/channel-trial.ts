/** Tries channels out from a command, with the senders that a daemon has. They are loaded when they are needed. */
import type { OpenedTrial } from '../../alerts/trial.ts';
import type { Config } from '../../config.ts';
import type { ChannelTrial } from '../../ports/channel-trial.ts';

export interface LazyTrial extends ChannelTrial {
  close(): Promise<void>;
}

export function lazyTrial({ alerts, telegram }: Pick<Config, 'alerts' | 'telegram'>): LazyTrial {
  let opened: Promise<OpenedTrial> | undefined;
  const open = (): Promise<OpenedTrial> => (opened ??= openTrialWith({ alerts, telegram }));
  return {
    refusalOf: async (kind, address) => (await open()).refusalOf(kind, address),
    send: async (kind, address, message) => (await open()).send(kind, address, message),
    close: async () => (await opened)?.close(),
  };
}

async function openTrialWith({
  alerts,
  telegram,
}: Pick<Config, 'alerts' | 'telegram'>): Promise<OpenedTrial> {
  const { openTrial } = await import('../../alerts/trial.ts');
  const bot = telegram === null ? null : (await import('../../telegram/open-sender.ts')).openSender(telegram);
  const trial = openTrial({ ...alerts, telegram: bot?.sender ?? null });
  return { ...trial, close: () => Promise.all([trial.close(), bot?.close()]).then(() => undefined) };
}
