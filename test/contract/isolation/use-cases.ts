/**
 * Finds every use case in the sources of `src/application/`: an exported function that takes a `Caller` and then ports. Each is
 * loaded with a description of what else it takes, so that arguments can be made for it. Nothing is listed by hand, so a new
 * use case is found without anybody remembering.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../../tidy/source.ts';

/** What a value has to look like, as far as the tests make values. */
export type Shape =
  | { readonly kind: 'leaf'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'object'; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly shape: Shape;
}

export interface UseCase {
  readonly name: string;
  readonly file: string;
  /** What follows caller and ports. */
  readonly parameters: readonly Field[];
}

const folder = 'src/application';

export function findUseCases(): UseCase[] {
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.ts'));
  const paths = files.map((file) => join(root, folder, file));
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram(paths, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const portNames = new Set(
    ['DaemonPorts', 'ShellPorts'].flatMap((name) =>
      propertiesOf(exported(program, checker, 'ports.ts', name)),
    ),
  );
  return files.flatMap((file) => {
    const source = program.getSourceFile(join(root, folder, file));
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) return [];
    return checker.getExportsOfModule(module).flatMap((symbol) => {
      const found = useCaseIn(symbol, checker, portNames);
      return found ? [{ ...found, file: `${folder}/${file}` }] : [];
    });
  });
}

const propertiesOf = (type: ts.Type): string[] => type.getProperties().map(({ name }) => name);

function exported(program: ts.Program, checker: ts.TypeChecker, file: string, name: string): ts.Type {
  const source = program.getSourceFile(join(root, folder, file));
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((each) => each.name === name);
  if (!symbol) throw new Error(`${folder}/${file} exports no ${name}`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

function useCaseIn(
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
  portNames: ReadonlySet<string>,
): Omit<UseCase, 'file'> | null {
  const declaration = symbol.valueDeclaration;
  if (!declaration) return null;
  const [signature] = checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures();
  const [caller, ports, ...others] = signature?.getParameters() ?? [];
  if (!caller || !ports) return null;
  const typeOf = (parameter: ts.Symbol): ts.Type => checker.getTypeOfSymbolAtLocation(parameter, declaration);
  if (typeOf(caller).aliasSymbol?.name !== 'Caller') return null;
  const given = propertiesOf(typeOf(ports));
  if (given.length === 0 || !given.every((name) => portNames.has(name))) return null;
  return { name: symbol.name, parameters: others.map((each) => fieldOf(each, typeOf(each), checker)) };
}

function fieldOf(symbol: ts.Symbol, type: ts.Type, checker: ts.TypeChecker): Field {
  const [declaration] = symbol.declarations ?? [];
  const isOptional =
    (symbol.flags & ts.SymbolFlags.Optional) !== 0 ||
    (declaration !== undefined && ts.isParameter(declaration) && declaration.initializer !== undefined);
  return { name: symbol.name, isOptional, shape: shapeOf(type, checker) };
}

/** Of a union the first part that is not nothing. */
function shapeOf(type: ts.Type, checker: ts.TypeChecker): Shape {
  const bare = checker.getNonNullableType(type);
  const first = bare.isUnion() && bare.types[0] ? bare.types[0] : bare;
  if (first.isStringLiteral() || first.isNumberLiteral()) return { kind: 'literal', value: first.value };
  const isObject =
    (first.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 &&
    first.getCallSignatures().length === 0;
  if (!isObject || checker.isArrayLikeType(first)) return { kind: 'leaf', text: checker.typeToString(first) };
  const fields = checker.getPropertiesOfType(first).flatMap((symbol) => {
    const [declaration] = symbol.declarations ?? [];
    return declaration
      ? [fieldOf(symbol, checker.getTypeOfSymbolAtLocation(symbol, declaration), checker)]
      : [];
  });
  return { kind: 'object', fields };
}
