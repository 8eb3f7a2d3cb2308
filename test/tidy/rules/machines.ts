/**
 * Charts that Stately can draw and that survive a restart: one per file, an inline literal from top to bottom, no
 * `after` (its timers are not restored; a deadline is a time in the context and an invoked `alarm`).
 */
import ts from 'typescript';
import { findNodes, treeOf, type Finding, type Rule, type SourceText } from '../source.ts';

const isCreateMachine = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) &&
  (ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : node.expression.getText()) ===
    'createMachine';

export const machineRule: Rule = (file) => {
  const calls: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (isCreateMachine(node)) calls.push(node);
    ts.forEachChild(node, visit);
  };
  visit(treeOf(file));
  if (calls.length === 1 && calls[0]?.arguments[0]) return chartFindings(file, calls[0].arguments[0]);
  return [
    {
      path: file.path,
      line: 1,
      message: `holds ${String(calls.length)} charts: one createMachine call per file`,
    },
  ];
};

/** Keys whose values are structure, and would vanish from the drawing unless written out in place. */
const structural = new Set([
  'states',
  'on',
  'initial',
  'invoke',
  'always',
  'onDone',
  'onError',
  'id',
  'type',
]);

function chartFindings(file: SourceText, chart: ts.Expression): Finding[] {
  if (!ts.isObjectLiteralExpression(chart)) {
    return findNodes(
      file,
      (node) => (node === chart ? 'the chart is not an inline literal: write it in place' : null),
      chart,
    );
  }
  return findNodes(file, (node) => (insideFunction(node, chart) ? null : chartComplaint(node)), chart);
}

function chartComplaint(node: ts.Node): string | null {
  if (ts.isSpreadAssignment(node) || ts.isSpreadElement(node)) {
    return 'a spread inside the chart is not drawn: write it in place';
  }
  if (ts.isShorthandPropertyAssignment(node))
    return 'an imported value inside the chart is not drawn: write it in place';
  if (!ts.isPropertyAssignment(node)) return null;
  if (ts.isComputedPropertyName(node.name))
    return 'a computed key inside the chart is not drawn: write the word';
  const key = ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : '';
  if (key === 'after' && !ts.isStringLiteralLike(node.initializer)) {
    return 'after: its timers are not restored; keep the deadline in the context and invoke "alarm"';
  }
  const isReference = ts.isIdentifier(node.initializer) || ts.isCallExpression(node.initializer);
  return structural.has(key) && isReference && node.initializer.getText() !== 'undefined'
    ? `${key} refers to a value elsewhere, which is not drawn: write it in place`
    : null;
}

function insideFunction(node: ts.Node, top: ts.Node): boolean {
  for (let at = node.parent; at !== top && !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionLike(at)) return true;
  }
  return false;
}
