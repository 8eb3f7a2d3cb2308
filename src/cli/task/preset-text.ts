/** How the values of a preset's parameters are written, as `--set` takes them. */
import type { ParameterValue } from '../../domain/spec/preset.ts';

/** Lists in brackets; a text with spaces in quotes, so that it stays one word of a command line. */
export function valueText(value: ParameterValue): string {
  const text = typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
  return text.includes(' ') ? JSON.stringify(text) : text;
}
