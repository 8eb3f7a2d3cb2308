/** What was found of an API key, in the same words wherever it is shown. */
import { keyFindingText, shortFindings } from '../../domain/explain/key-text.ts';
import { isRefusing, type KeyFinding } from '../../domain/orders/key-facts.ts';

/** One paragraph each, without the key. */
export const findingLines = (findings: readonly KeyFinding[]): readonly string[] =>
  findings.map((finding) => {
    const { found, fix } = keyFindingText(finding);
    return isRefusing(finding) ? `\nNot usable: ${found}. It should be ${fix}.` : `\nNote: ${found}; ${fix}.`;
  });

/** `not bound to an address, expires soon`; `""` when there is nothing to say. */
export const shortText = (findings: readonly KeyFinding[]): string =>
  findings.map(({ code }) => shortFindings[code]).join(', ');
