import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Manifest {
  readonly exports?: unknown;
  readonly main?: string;
}

/**
 * What to import for a package that the drivers file names. A path goes from the file; a name is looked for beside the file and above, as Node does for
 * modules there, else in Lifeboat's own installation. `undefined`: a path at which there is nothing.
 */
export function findPackage(named: string, from: string): string | undefined {
  if (isAbsolute(named) || /^\.{1,2}(\/|$)/.test(named)) return importable(resolve(dirname(from), named));
  for (let folder = dirname(resolve(from)); ; folder = dirname(folder)) {
    const found = importable(join(folder, 'node_modules', named));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return named;
  }
}

function importable(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const file = statSync(path).isDirectory() ? join(path, entryOf(path)) : path;
  return existsSync(file) ? pathToFileURL(file).href : undefined;
}

/** Node imports no folder: what its package.json names as its main module. */
function entryOf(folder: string): string {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return 'index.js';
  const { exports, main } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  return underConditions(exports) ?? main ?? 'index.js';
}

function underConditions(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  for (const key of ['.', 'import', 'node', 'default']) {
    const found = underConditions(Reflect.get(target, key));
    if (found !== undefined) return found;
  }
  return undefined;
}
