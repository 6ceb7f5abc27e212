import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

// Writes a .gz and a .br beside each text: the server compresses nothing at run time.
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|html|svg)$/.test(file.fileName)) continue;
          const body = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          this.emitFile({
            type: 'asset', fileName: `${file.fileName}.gz`, source: gzipSync(body, { level: 9 }),
          });
          this.emitFile({
            type: 'asset', fileName: `${file.fileName}.br`,
            source: brotliCompressSync(body, brotli),
          });
        }
      },
    },
  };
}
