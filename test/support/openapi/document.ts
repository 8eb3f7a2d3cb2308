/**
 * An OpenAPI 3.1 document as tests read it: the operations, what each takes and what it says it answers. It knows nothing of this
 * program, so that what is made of it is what a stranger would make of it.
 */

/** As much of JSON Schema as requests and answers use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema | false;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Body {
  readonly contentType: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

export interface Operation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** `/api/tasks/{id}` */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body | null;
  /** By status; by content type, empty for an answer without a body. */
  readonly answers: ReadonlyMap<number, ReadonlyMap<string, Schema>>;
  /** For callers who are not signed in, too. */
  readonly isOpen: boolean;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface WrittenOperation {
  readonly operationId?: string;
  readonly parameters?: readonly Partial<Parameter>[];
  readonly requestBody?: { readonly content?: Content; readonly required?: boolean };
  readonly responses?: Readonly<Record<string, { readonly content?: Content }>>;
  readonly security?: readonly object[];
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, WrittenOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
  readonly security?: readonly object[];
}

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** In the order of the document. @throws Error for an operation without id, or with one that another has */
export function operationsOf(document: Document): readonly Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const written = item[method];
      return written ? [operationOf(document, { path, method }, written)] : [];
    }),
  );
  const ids = all.map(({ id }) => id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length > 0) throw new Error(`Several operations are called ${twice.join(', ')}`);
  return all;
}

function operationOf(
  { security: usual = [] }: Document,
  { path, method }: { readonly path: string; readonly method: string },
  written: WrittenOperation,
): Operation {
  const { operationId, parameters = [], requestBody, responses = {}, security = usual } = written;
  if (operationId === undefined) throw new Error(`${method} ${path} has no operationId`);
  const [content] = Object.entries(requestBody?.content ?? {});
  return {
    id: operationId,
    method: method.toUpperCase(),
    path,
    parameters: parameters.map((each) => ({
      name: each.name ?? '',
      in: each.in ?? 'query',
      required: each.required ?? false,
      schema: each.schema ?? {},
    })),
    body: content
      ? {
          contentType: content[0],
          schema: content[1].schema ?? {},
          isRequired: requestBody?.required ?? false,
        }
      : null,
    answers: new Map(
      Object.entries(responses).map(([status, answer]) => [
        Number(status),
        new Map(Object.entries(answer.content ?? {}).map(([type, { schema }]) => [type, schema ?? {}])),
      ]),
    ),
    isOpen: security.length === 0 || security.some((each) => Object.keys(each).length === 0),
  };
}

const refStart = '#/components/schemas/';

/** What a reference stands for; another schema is given back as it is. @throws Error for one that leads nowhere */
export function resolved(document: Document, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.startsWith(refStart) ? schema.$ref.slice(refStart.length) : '';
  const found = document.components?.schemas?.[name];
  if (!found) throw new Error(`The document has nothing at ${schema.$ref}`);
  return resolved(document, found);
}
