/**
 * The daemon as `rollkeeper start` runs it, but as if its address were not counted: Bybit allows one address 600 requests
 * in 5 s and 500 connections in 5 min, which a herd reaches long before any machine does. What an account may do is kept.
 */
import { loadConfig } from '../../../src/config.ts';
import { connectionLimits, requestLimits } from '../../../src/exchange/bybit/rest/request-budget.ts';
import { runDaemon } from '../../../src/main.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';

// A window of no length lets every request pass at once.
for (const limits of [requestLimits.address, connectionLimits]) Object.assign(limits, { windowMs: 0 });

const config = loadConfig();
process.exitCode = await runDaemon(config, createLogger({ ...config.log, to: 'stdout' }));
