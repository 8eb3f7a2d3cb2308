/** The little arithmetic that the page does with money: exact, on decimal strings, by whole numbers of the smallest digit. */

const pattern = /^(-?)(\d+)(?:\.(\d+))?$/;

function wholeOf(text: string, digits: number): bigint {
  const [, sign = '', whole = '0', fraction = ''] = pattern.exec(text) ?? [];
  const value = BigInt(whole + fraction.padEnd(digits, '0'));
  return sign === '-' ? -value : value;
}

const digitsOf = (text: string): number => pattern.exec(text)?.[3]?.length ?? 0;

function textOf(value: bigint, digits: number): string {
  const size = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  const whole = size.slice(0, size.length - digits);
  const fraction = size.slice(size.length - digits).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Of decimal strings; of none it is `0`. */
export function sumOf(all: readonly string[]): string {
  const digits = Math.max(0, ...all.map(digitsOf));
  return textOf(
    all.reduce((total, each) => total + wholeOf(each, digits), 0n),
    digits,
  );
}

export const minus = (a: string, b: string): string => sumOf([a, b.startsWith('-') ? b.slice(1) : `-${b}`]);
