/** How a person is named who has asked for something. */

/** @param askedBy as commands and journals name it: `operator`, or `user:` and an id */
export const personText = (askedBy: string): string =>
  askedBy === 'operator' ? 'the operator' : askedBy.replace(/^user:/, 'user ');
