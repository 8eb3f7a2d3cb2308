/** The presets of the package, for whatever this program starts that offers them. */
export { readPresets } from '../files/preset-files.ts';
