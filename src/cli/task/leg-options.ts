/** The option by which the legs of a structure are named instead of a single symbol: how it is read, and what it becomes in a spec. */
import { Option } from 'commander';
import { BadInput } from '../../domain/errors.ts';

/** A leg as a spec has it; a text alone is its symbol. */
export type WrittenLeg =
  | string
  | { readonly name?: string; readonly symbol: string; readonly side?: 'short' | 'long' }
  | { readonly name?: string; readonly watch: string };

/** @param more what else there is to say of it where the option is used */
export const legOption = (more = ''): Option =>
  new Option(
    '--leg <[name=]symbol[:side]>',
    `instead of --symbol, once for each option that is managed as one: put=BTC-31MAR23-21000-P-USDT${more}`,
  ).argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);

const shape = /^(?:([^=]*)=)?([^=:]*)(?::(.*))?$/;
const expected =
  'a symbol, NAME=SYMBOL, or either with :short or :long, like put=BTC-31MAR23-21000-P-USDT; or a holding that covers them, like BTC:watched';

/** @throws BadInput for a text of another form; whether it names an option is the spec's to say */
export function legsOf(texts: readonly string[]): readonly WrittenLeg[] {
  return texts.map((text) => {
    const [, name, symbol = '', side] = shape.exec(text) ?? [];
    const isSide = side === undefined || side === 'short' || side === 'long' || side === 'watched';
    if (symbol.trim() === '' || name?.trim() === '' || !isSide)
      throw new BadInput('The legs cannot be read', [
        { path: '--leg', found: JSON.stringify(text), expected },
      ]);
    if (name === undefined && side === undefined) return symbol.trim();
    if (side === 'watched') return { ...(name !== undefined && { name: name.trim() }), watch: symbol.trim() };
    return {
      ...(name !== undefined && { name: name.trim() }),
      symbol: symbol.trim(),
      ...(side !== undefined && { side }),
    };
  });
}

/** `legs.0.symbol` of a spec is said by `--leg`. */
export const optionNameOf = (path: string): string => {
  const [key = ''] = path.split('.');
  return `--${key === 'legs' ? 'leg' : key}`;
};
