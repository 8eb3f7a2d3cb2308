/**
 * Says each change that no test noticed as soon as it is known, because a run takes minutes and may be interrupted. In JavaScript, because
 * Stryker also loads its plugins in the processes of the tests, where nothing reads TypeScript.
 */
import { relative } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

class AsTheyCome {
  onMutantTested({ fileName, location, replacement, status }) {
    if (status !== 'Survived' && status !== 'NoCoverage') return;
    const place = `${relative(process.cwd(), fileName)}:${location.start.line}:${location.start.column}`;
    process.stdout.write(`lives: ${place}  →  ${replacement.replace(/\s+/g, ' ').slice(0, 100)}\n`);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'as-they-come', AsTheyCome)];
