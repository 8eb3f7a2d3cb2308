/**
 * Builds the page into `dist/dashboard`: plain files with hashed names, one chunk for each page, and nothing inline, because the
 * Content-Security-Policy allows neither inline scripts nor inline styles. During development, `npx vite src/dashboard` serves it
 * with reload and passes `/api` on to a daemon on this machine.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/',
  plugins: [react()],
  build: {
    outDir: here('../../dist/dashboard'),
    emptyOutDir: true,
    // What `light-dark()` and `popover` need: the browsers of the last two years.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
  },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8787' } },
});
