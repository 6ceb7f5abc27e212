import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { fontsAsFiles } from './vite/fonts';
import { licenses } from './vite/licenses';
import { precompress } from './vite/precompress';

export default defineConfig({
  base: './',
  plugins: [react(), fontsAsFiles(), licenses(), precompress()],
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
