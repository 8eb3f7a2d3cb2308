/** `rollkeeper task check`. */
import { Command } from 'commander';
import { exchangeRules } from '../../daemon/venue.ts';
import { asksForEvents } from '../../domain/rules/rule.ts';
import { askingText } from '../../domain/explain/approval-text.ts';
import { fullForm } from '../../domain/spec/task-spec-form.ts';
import { parseTaskSpec } from '../../domain/spec/task-spec.ts';
import { createOutput, timeText } from '../shell/output.ts';
import type { CommonOptions } from '../shell/session.ts';
import { specYaml } from './spec-lines.ts';
import { readSpecFile } from './task-spec-input.ts';

export const taskCheckCommand = (): Command =>
  new Command('check')
    .description('Check a task spec without a daemon or a database, and print it in full')
    .argument('<file>', 'a YAML or JSON file; - reads it from a pipe')
    .addHelpText('after', help)
    .action((file: string, { json = false }: CommonOptions) => {
      const parsed = parseTaskSpec(readSpecFile(file), exchangeRules);
      const spec = fullForm(parsed);
      const nowMs = Date.now();
      const symbols = parsed.legs?.map((leg) => leg.symbol) ?? [parsed.symbol];
      const symbol = symbols.find((each) => deliveredBefore(each, nowMs) !== null) ?? parsed.symbol;
      const deliveredAtMs = deliveredBefore(symbol, nowMs);
      const out = createOutput(json);
      out.record({ valid: true, spec, ...(deliveredAtMs !== null && { deliveredAtMs }) });
      if (deliveredAtMs !== null) out.say(`# ${deliveredText(symbol, deliveredAtMs)}`);
      for (const { name, approval } of parsed.rules)
        if (approval) out.say(`# ${name}: ${askingText(approval)}.`);
      if (asksForEvents(parsed.rules)) out.say(`# ${eventsText}`);
      out.say(specYaml(spec));
    });

/** When the option was delivered; null when it was not yet. No mistake: an exchange that plays a tape lives in the past. */
function deliveredBefore(symbol: string, nowMs: number): number | null {
  const deliveryMs = exchangeRules.namedDeliveryMs(symbol);
  return deliveryMs !== null && deliveryMs <= nowMs ? deliveryMs : null;
}

const deliveredText = (symbol: string, atMs: number): string =>
  `${symbol} was delivered on ${timeText(atMs)}: only where a tape is played can it still be held.`;

const eventsText =
  'notDuring: events needs a daemon with a calendar of events (BLACKOUTS): task add refuses it elsewhere.';

const help = `
It prints the spec with every default filled in; task add accepts that output as it is. Whether the option is listed, and
held by the account, is checked only by task add and task preview.

Examples:
  rollkeeper task check roll.yaml
  echo '{symbol: BTC-31MAR23-26000-C-USDT, trigger: 25500, target: +1000}' | rollkeeper task check -

With --json: {"valid":true,"spec":{…}}, or {"error":{"kind":"BadInput","message":…,"issues":[{"path":…,"found":…,"expected":…}]}}

Next: rollkeeper task add --account NAME --spec FILE

Exit codes: 0 valid · 2 not valid: every wrong value with its path and what would be right`;
