/** The public extractor of Stately's tools, which asks for xstate 4 under the name that xstate 5 has here. */
import Module, { createRequire } from 'node:module';

interface Extractor {
  readonly extractMachinesFromFile: (text: string) => {
    readonly machines: readonly ({ toConfig(): unknown } | undefined)[];
  } | null;
}

type Resolve = (request: string, ...rest: unknown[]) => string;
const loader = Module as unknown as { _resolveFilename: Resolve };
const resolve = loader._resolveFilename.bind(Module);
loader._resolveFilename = (request, ...rest) =>
  resolve(request.replace(/^xstate\/lib\//, 'xstate4/lib/'), ...rest);

const extractor = createRequire(import.meta.url)('@xstate/machine-extractor') as Extractor;
export const { extractMachinesFromFile } = extractor;
