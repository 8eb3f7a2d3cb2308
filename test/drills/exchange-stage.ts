/** A stage whose daemon reaches the exchange over TLS, on a wire of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultRule } from '../../src/exchange/paper/faults.ts';
import { openExchangeWire, trustedIn, type ExchangeWire } from './exchange-wire.ts';
import { DrillStage, type StageOptions } from './stage.ts';

export class ExchangeStage extends DrillStage {
  wire!: ExchangeWire;
  #folder = '';

  static async openOn(options: StageOptions): Promise<ExchangeStage> {
    const fixture = await DrillStage.fixtureFor(options);
    const wire = await openExchangeWire(fixture.paper.url);
    const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-drill-'));
    const environment = {
      BYBIT_REST_URL: wire.url,
      BYBIT_WS_URL: wire.wsUrl,
      // What is drilled are answers over HTTP: those of order entry are no pages and have no status.
      BYBIT_ORDERS: 'rest',
      NODE_EXTRA_CA_CERTS: trustedIn(folder),
      NODE_OPTIONS: `--import=${new URL('./step-clock.mjs', import.meta.url).href}`,
    };
    const stage = new ExchangeStage(fixture, options, {
      ...(await DrillStage.environmentOf(fixture, options)),
      ...environment,
    });
    stage.wire = wire;
    stage.#folder = folder;
    return stage;
  }

  /** Every request is answered so, until it is ended. */
  answering(...rules: readonly FaultRule[]): () => Promise<void> {
    const removals = rules.map((rule) => this.fixture.paper.faults.add({ ...rule, times: 'always' }));
    return () => {
      for (const remove of removals) remove();
      return Promise.resolve();
    };
  }

  override async close(): Promise<void> {
    await super.close();
    await this.wire.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
