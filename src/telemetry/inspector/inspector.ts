/** The inspector of a running daemon: the narrator shows its machines to watchers that attach to the relay. */
import type { Logger } from 'pino';
import type { StandingActor } from '../../ports/inspection.ts';
import { introducedMax, Narrator } from './narrator.ts';
import { InspectorRelay } from './relay.ts';

export interface Inspector {
  readonly inspection: Narrator;
  readonly url: string;
  close(): Promise<void>;
}

export interface InspectorOptions {
  readonly port: number;
  readonly log: Logger;
  /** Up to so many tasks: a new watcher is shown them at once, and others when something happens to them. */
  readonly standing: (tasksMax: number) => Iterable<StandingActor>;
}

/** @throws BadInput when the port is taken */
export async function openInspector({ port, log, standing }: InspectorOptions): Promise<Inspector> {
  const relay = await InspectorRelay.open({ port, log });
  const { watchers } = relay;
  const inspection = new Narrator({ watchers, nowMs: () => Date.now(), log });
  relay.onWatcher((watcher) => inspection.introduceAll(watcher, standing(introducedMax)));
  return { inspection, url: relay.url, close: () => relay.close() };
}
