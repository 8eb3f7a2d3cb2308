/** The presets that come with the package: one YAML file each, in `presets/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readPreset, type Preset } from '../domain/spec/preset.ts';
import { packageFile } from './package-files.ts';
import { readYamlFile } from './yaml-file.ts';

const ending = '.yaml';
const pathOf = (name: string): string => fileURLToPath(packageFile(`presets/${name}${ending}`));

/** In alphabetical order. */
export const presetNames = (): readonly string[] =>
  readdirSync(packageFile('presets/'))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

export const readPresets = (): readonly Preset[] =>
  presetNames().map((name) => readPreset(name, readYamlFile(pathOf(name))));

/** The file as it is, with its comments. @param name of one that is there */
export const presetText = (name: string): string => readFileSync(pathOf(name), 'utf8');
