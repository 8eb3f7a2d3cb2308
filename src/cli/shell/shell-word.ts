/** Quotes a word for a shell where it needs it, so that a suggested command can be pasted. */
export const shellWord = (text: string): string =>
  /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
