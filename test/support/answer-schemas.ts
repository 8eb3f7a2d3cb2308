/**
 * Makes JSON Schemas of the types that `src/api/contract.ts` exports, with their comments, so that the OpenAPI document says what use
 * cases return without a second description of it. Every type with a name gets a schema of that name.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../tidy/source.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

const contract = join(root, 'src/api/contract.ts');

/** By name. @throws Error where two types share a name, or a type has no JSON */
export function answerSchemas(): Readonly<Record<string, JsonSchema>> {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram([contract], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(contract);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error('contract.ts exports nothing');
  const maker = new Maker(checker);
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) maker.named(symbol);
  }
  return maker.schemas();
}

class Maker {
  readonly #checker: ts.TypeChecker;
  readonly #made = new Map<string, { readonly symbol: ts.Symbol; schema: JsonSchema }>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  schemas(): Readonly<Record<string, JsonSchema>> {
    const sorted = [...this.#made].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, { schema }]) => [name, schema]));
  }

  /** Makes the schema of a declared type, once. @returns the reference to it */
  named(symbol: ts.Symbol): JsonSchema {
    const { name } = symbol;
    const found = this.#made.get(name);
    if (found && found.symbol !== symbol) throw new Error(`two types of the contract are called ${name}`);
    if (!found) {
      const entry = { symbol, schema: {} as JsonSchema };
      this.#made.set(name, entry);
      const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
      entry.schema = { ...this.#bare(type), ...this.#saidOf(symbol) };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #of(type: ts.Type): JsonSchema {
    const alias = type.aliasSymbol;
    if (alias && isOurs(alias) && type.aliasTypeArguments === undefined && isWorthAName(type))
      return this.named(alias);
    const symbol = type.getSymbol();
    const isInterface = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Interface) !== 0;
    const isGeneric = this.#checker.getTypeArguments(type as ts.TypeReference).length > 0;
    if (isInterface && isOurs(symbol) && !isGeneric) return this.named(symbol);
    return this.#bare(type);
  }

  #bare(type: ts.Type): JsonSchema {
    if (type.isUnion()) return this.#union(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    const { flags } = type;
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === 'true' };
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (flags & ts.TypeFlags.NonPrimitive) return { type: 'object' };
    if (this.#checker.isTupleType(type)) return this.#tuple(type as ts.TupleTypeReference);
    if (this.#checker.isArrayLikeType(type)) {
      const [item] = this.#checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: item ? this.#of(item) : {} };
    }
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.StringLike))
      return { type: 'string' };
    return this.#object(type);
  }

  #tuple(type: ts.TupleTypeReference): JsonSchema {
    const items = this.#checker.getTypeArguments(type).map((item) => this.#of(item));
    return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
  }

  #object(type: ts.Type): JsonSchema {
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const symbol of this.#checker.getPropertiesOfType(type)) {
      const held = this.#checker.getTypeOfSymbol(symbol);
      if (held.getCallSignatures().length > 0)
        throw new Error(`${symbol.name} is a function and has no JSON`);
      const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
      const schema = this.#of(held);
      properties[symbol.name] = { ...schema, ...this.#saidOf(symbol) };
      if (!isOptional && !(held.flags & ts.TypeFlags.Undefined)) required.push(symbol.name);
    }
    const index = this.#checker.getIndexTypeOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(index && { additionalProperties: this.#of(index) }),
    };
  }

  #union(types: readonly ts.Type[]): JsonSchema {
    const parts = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const texts = parts.flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
    const isBoolean = parts.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const others = parts
      .filter((part) => !part.isStringLiteral() && !(isBoolean && part.flags & ts.TypeFlags.BooleanLiteral))
      .map((part) => this.#of(part));
    const schemas = [
      ...(texts.length > 0 ? [{ type: 'string', enum: texts.sort() }] : []),
      ...(isBoolean ? [{ type: 'boolean' }] : []),
      ...others,
    ];
    const [only, ...more] = schemas;
    return only !== undefined && more.length === 0 ? only : { anyOf: schemas };
  }

  #saidOf(symbol: ts.Symbol): JsonSchema {
    const said = ts
      .displayPartsToString(symbol.getDocumentationComment(this.#checker))
      .replace(/\s+/g, ' ')
      .trim();
    return said === '' ? {} : { description: said };
  }
}

const isOurs = (symbol: ts.Symbol): boolean =>
  (symbol.declarations ?? []).some((declaration) =>
    declaration.getSourceFile().fileName.startsWith(join(root, 'src')),
  );

/** Names of texts and of a few words are not needed by a reader of the document. */
const isWorthAName = (type: ts.Type): boolean =>
  (type.flags & ts.TypeFlags.Object) !== 0 ||
  (type.isUnion() && type.types.some(({ flags }) => flags & ts.TypeFlags.Object));
