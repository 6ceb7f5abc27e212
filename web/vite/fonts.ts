import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const inlineFont =
  /url\((['"]?)data:font\/woff2;(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)\1\)/g;

// Cloudscape ships its fonts as base64 inside its CSS. As files they are loaded only where a
// browser uses the face, and the CSS is a third of the size.
export function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const asset of Object.values(bundle)) {
        if (asset.type !== 'asset' || !asset.fileName.endsWith('.css')) continue;
        const text = String(asset.source);
        asset.source = text.replace(inlineFont, (_match, _quote, base64: string) => {
          const bytes = Buffer.from(base64, 'base64');
          const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
          const name = `font-${hash}.woff2`;
          this.emitFile({ type: 'asset', fileName: `assets/${name}`, source: bytes });
          return `url(./${name})`;
        });
      }
    },
  };
}
