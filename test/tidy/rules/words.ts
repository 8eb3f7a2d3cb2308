/** Words that are banned in some places, each with its replacement. Syntax is looked at, not text: comments may name them. */
import ts from 'typescript';
import { findLines, findNodes, treeOf, type Rule } from '../source.ts';

const dotted = (node: ts.Node): string =>
  ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)
    ? `${node.expression.text}.${node.name.text}`
    : '';

const ambient = new Set(['setTimeout', 'setInterval', 'setImmediate']);
const fromPorts =
  'take time and chance from the event or from ports/clock, so that a replay gives the same answer';

/** For domain, machines and runtime: what they know of time and chance comes from events and ports. */
export const clockRule: Rule = (file) =>
  findNodes(file, (node) => {
    if (['Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID'].includes(dotted(node))) {
      return `${dotted(node)}: ${fromPorts}`;
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
      return `new Date(): ${fromPorts}`;
    }
    const called = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : '';
    return ambient.has(called) ? `${called}: ${fromPorts}` : null;
  });

export const environmentRule: Rule = (file) =>
  findNodes(file, (node) =>
    dotted(node) === 'process.env'
      ? 'process.env: only src/config.ts reads the environment; take the value'
      : null,
  );

const sql = [
  /\bSELECT\b[\s\S]+\bFROM\b/,
  /\binsert\s+into\s/i,
  /\bdelete\s+from\s/i,
  /\bUPDATE\s+\S+\s+SET\s/,
  /\b(create|drop|alter)\s+(table|index|type|schema|database)\s/i,
  /\bpg_(try_)?advisory|\bpg_notify\b/i,
];
export const sqlRule: Rule = (file) =>
  findNodes(file, (node) =>
    (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) &&
    sql.some((pattern) => pattern.test(node.getText()))
      ? 'SQL outside src/store: put the query into src/store/sql and a function beside it'
      : null,
  );

/** For money paths: a JavaScript number never holds money. */
export const moneyRule: Rule = (file) =>
  findNodes(file, (node) => {
    if (!ts.isCallExpression(node)) return null;
    const { expression } = node;
    const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
    if (name !== 'parseFloat' && name !== 'toNumber') return null;
    return `${name}(): money stays a DecimalString and becomes a Decimal to calculate (domain/money.ts)`;
  });

/** `.only` never; `.skip` only under a comment that begins with `reason:`. */
export const focusRule: Rule = (file) =>
  findNodes(file, (node) => {
    if (!ts.isPropertyAccessExpression(node) || !/^(it|test|describe)$/.test(node.expression.getText()))
      return null;
    if (node.name.text === 'only')
      return '.only: it hides every other test; run one with: npx vitest run <file>';
    if (node.name.text !== 'skip' && node.name.text !== 'skipIf') return null;
    const above = treeOf(file).text.slice(0, node.getStart()).split('\n').slice(-3).join('\n');
    return above.includes('// reason:') ? null : `.${node.name.text} without a line "// reason: …" above it`;
  });

export const unfinishedRule: Rule = (file) =>
  findLines(
    file,
    /\b(TO[D]O|FIX[M]E|XX[X])\b/,
    'an unfinished thought: finish it, or write down the limit in a sentence',
  );

const twoWords = /\p{L}{2,}[,;:]? \p{L}{2,}/u;

/** Whatever is thrown is a fault of the program or of an input, and is never stored as the state of a task. */
const isThrown = (node: ts.Node): boolean =>
  ts.isThrowStatement(node) || (!ts.isSourceFile(node) && isThrown(node.parent));

/**
 * For the rooms of the domain that decide, and the charts: what they make is stored, so it holds codes and figures. The
 * names of a chart's guards and actions are no sentences.
 */
export const sentenceRule: Rule = (file) =>
  findNodes(file, (node) => {
    const isChart = file.path.startsWith('machines/');
    const isText = ts.isTemplateExpression(node) || (!isChart && ts.isStringLiteralLike(node));
    if (!isText || ts.isLiteralTypeNode(node.parent) || isThrown(node)) return null;
    return twoWords.test(node.getText())
      ? 'a sentence outside of domain/explain: hand on a code with its figures, and say it there'
      : null;
  });
