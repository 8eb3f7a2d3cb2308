/** How long things may be, and how a file begins. */
import ts from 'typescript';
import { findNodes, treeOf, type Rule } from '../source.ts';

export const fileLinesMax = 400;
export const functionLinesMax = 70;

export const fileLengthRule: Rule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length;
  if (lines <= fileLinesMax) return [];
  const message = `has ${String(lines)} lines, at most ${String(fileLinesMax)}: find the second idea in it and give that its own file`;
  return [{ path, line: fileLinesMax + 1, message }];
};

export const functionLengthRule: Rule = (file) => {
  const tree = treeOf(file);
  const lineAt = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  return findNodes(file, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return null;
    const lines = lineAt(node.end) - lineAt(node.getStart(tree)) + 1;
    if (lines <= functionLinesMax) return null;
    return `a function of ${String(lines)} lines, at most ${String(functionLinesMax)}: name its steps and make them functions`;
  });
};

export const headerRule: Rule = ({ path, text }) =>
  text.replace(/^#!.*\n/, '').startsWith('/**')
    ? []
    : [
        {
          path,
          line: 1,
          message: 'opens without a paragraph: say what it owns, what it leaves to others, and why',
        },
      ];
