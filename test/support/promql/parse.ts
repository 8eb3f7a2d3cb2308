/** PromQL read with the grammar that Prometheus' own editor uses, as a tree of nodes with their text. */
import { parser } from '@prometheus-io/lezer-promql';

export interface PromNode {
  readonly name: string;
  readonly text: string;
  readonly children: readonly PromNode[];
}

/** @throws Error at what is not PromQL */
export function parsePromql(text: string): PromNode {
  const read = (node: ReturnType<typeof parser.parse>['topNode']): PromNode => {
    const found = text.slice(node.from, node.to);
    if (node.type.isError) throw new Error(`not PromQL at ${JSON.stringify(found)}: ${text}`);
    const children: PromNode[] = [];
    for (let child = node.firstChild; child; child = child.nextSibling) children.push(read(child));
    return { name: node.name, text: found, children };
  };
  const [expression] = read(parser.parse(text).topNode).children;
  if (!expression) throw new Error('an empty expression');
  return expression;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export const childOf = (node: PromNode, name: string): PromNode | undefined =>
  node.children.find((child) => child.name === name);

/** @param node a `VectorSelector` */
export function selectorOf(node: PromNode): Selector {
  const matchers = (childOf(node, 'LabelMatchers')?.children ?? []).map((matcher) => ({
    label: childOf(matcher, 'LabelName')?.text ?? '',
    operator: childOf(matcher, 'MatchOp')?.text ?? '',
    value: JSON.parse(childOf(matcher, 'StringLiteral')?.text ?? '""') as string,
  }));
  return { metric: childOf(node, 'Identifier')?.text ?? '', matchers };
}

/** Every selector in an expression. */
export const selectorsIn = (node: PromNode): readonly Selector[] =>
  node.name === 'VectorSelector' ? [selectorOf(node)] : node.children.flatMap(selectorsIn);

/** Labels that an expression groups by. */
export const groupingsIn = (node: PromNode): readonly string[] =>
  node.name === 'GroupingLabels' ? node.children.map(({ text }) => text) : node.children.flatMap(groupingsIn);
