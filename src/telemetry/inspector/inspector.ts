/** The inspector of a running daemon: the narrator shows its machines to watchers that attach to the relay. */
import type { Logger } from 'pino';
import type { StandingActor } from '../../ports/inspection.ts';
import { Narrator } from './narrator.ts';
import { InspectorRelay } from './relay.ts';

export interface Inspector {
  readonly inspection: Narrator;
  readonly url: string;
  close(): Promise<void>;
}

export interface InspectorOptions {
  readonly port: number;
  readonly log: Logger;
  /** The tasks that a new watcher is shown at once; others are introduced when something happens to them. */
  readonly standing: () => Iterable<StandingActor>;
}

/** @throws BadInput when the port is taken */
export async function openInspector({ port, log, standing }: InspectorOptions): Promise<Inspector> {
  const relay = await InspectorRelay.open({ port, log });
  const inspection = new Narrator({ watchers: relay.watchers, nowMs: () => Date.now(), log });
  relay.onWatcher((watcher) => inspection.introduceAll(watcher, standing()));
  return { inspection, url: relay.url, close: () => relay.close() };
}
