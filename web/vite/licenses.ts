import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

interface Package {
  name: string;
  version: string;
  license: string;
  directory: string;
}

// The package a bundled module came from: the nearest package.json with a version above it.
function packageOf(module: string): Package | undefined {
  if (!module.includes('node_modules')) return undefined;
  const start = module.replace(/^\0/, '').replace(/\?.*$/, '');
  for (let directory = dirname(start); directory.includes('node_modules'); ) {
    const file = join(directory, 'package.json');
    if (existsSync(file)) {
      const found = JSON.parse(readFileSync(file, 'utf8')) as Partial<Package>;
      if (found.name && found.version) {
        return {
          name: found.name, version: found.version, license: found.license ?? 'see its text',
          directory,
        };
      }
    }
    directory = dirname(directory);
  }
  return undefined;
}

function textsOf(directory: string): string {
  return readdirSync(directory)
    .filter((name) => /^(licen[cs]e|notice|third-party)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8').trim())
    .join('\n\n');
}

function entry(found: Package): string {
  return `## ${found.name} ${found.version} (${found.license})\n\n${textsOf(found.directory)}\n`;
}

// licenses.md: the licenses of everything that is bundled, beside the page.
export function licenses(): Plugin {
  // Workers are bundles of their own, gathered here as well.
  const found = new Map<string, Package>();
  return {
    name: 'licenses',
    apply: 'build',
    moduleParsed(module) {
      const owner = packageOf(module.id);
      if (owner) found.set(`${owner.name}@${owner.version}`, owner);
    },
    generateBundle() {
      const entries = [...found.keys()].sort().map((key) => entry(found.get(key)!));
      this.emitFile({
        type: 'asset', fileName: 'licenses.md',
        source: ['# Licenses of what the console is built with\n', ...entries].join('\n'),
      });
    },
  };
}
