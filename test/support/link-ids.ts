/** `close-<task>-v<version>` of every attempt at a leg: its link id without `-a<n>`. */
export const legOf = (linkId: string): string => linkId.replace(/-a\d+$/, '');
