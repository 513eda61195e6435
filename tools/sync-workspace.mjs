// Writes into every workspace package.json what its imports already say: its internal dependencies,
// its TypeScript references and the root build list. Run after adding an import of another package
// (`npm run sync`); `--check` only compares, for lint.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = dirname(import.meta.dirname);
const check = process.argv.includes('--check');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const folders = manifest.workspaces.flatMap((pattern) => {
  if (!pattern.endsWith('/*')) return existsSync(join(root, pattern)) ? [pattern] : [];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .filter((n) => statSync(join(root, parent, n)).isDirectory())
    .map((n) => `${parent}/${n}`);
});

/** `libs/openstack/client` → `@lifeboat/openstack-client`; the grouping folders keep their name in the package's. */
const nameOf = (folder) => '@lifeboat/' + folder.split('/').slice(1).join('-');
const folderOf = new Map(
  folders.map((f) => [
    f.startsWith('apps/')
      ? `@lifeboat/app-${f.split('/')[1]}`
      : f.startsWith('test/')
        ? `@lifeboat/test-${f.split('/')[1]}`
        : nameOf(f),
    f,
  ]),
);

function* sources(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) yield* sources(join(dir, entry.name));
    else if (entry.name.endsWith('.ts')) yield join(dir, entry.name);
  }
}

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

let stale = 0;
function write(path, value) {
  const text = JSON.stringify(value, null, 2) + '\n';
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  stale++;
  if (check) return console.error(`${relative(root, path)} is not up to date: run npm run sync`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.error(`wrote ${relative(root, path)}`);
}

for (const [name, folder] of folderOf) {
  const dir = join(root, folder),
    used = new Set();
  for (const file of sources(dir))
    for (const [, dep] of readFileSync(file, 'utf8').matchAll(
      /from '(@lifeboat\/[a-z-]+)'|import\('(@lifeboat\/[a-z-]+)'\)/g,
    ))
      if (dep && dep !== name) used.add(dep);
  for (const dep of used)
    if (!folderOf.has(dep)) throw new Error(`${folder} imports ${dep}, which is no package of this workspace`);
  const deps = [...used].sort(byText);
  const old = existsSync(join(dir, 'package.json')) ? JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) : {};
  const isApp = existsSync(join(dir, 'src/main.ts'));
  write(join(dir, 'package.json'), {
    name,
    version: manifest.version,
    private: true,
    type: 'module',
    ...(old.description && { description: old.description }),
    ...(old.bin && { bin: old.bin }),
    exports: { '.': { '@lifeboat/source': './src/index.ts', types: './dist/index.d.ts', import: './dist/index.js' } },
    ...(deps.length && { dependencies: Object.fromEntries(deps.map((d) => [d, manifest.version])) }),
    nx: {
      ...(old.nx?.tags && { tags: old.nx.tags }),
      targets: {
        build: {
          command: `tsc -b ${folder}/tsconfig.json`,
          outputs: ['{projectRoot}/dist'],
          cache: true,
          dependsOn: ['^build'],
          inputs: ['default', '^default'],
        },
        ...(isApp && {
          serve: {
            command: `node --enable-source-maps --import ./libs/telemetry/dist/register.js --watch ${folder}/dist/main.js`,
            dependsOn: ['build'],
          },
        }),
      },
    },
  });
  write(join(dir, 'tsconfig.json'), {
    extends: relative(dir, join(root, 'tsconfig.base.json')),
    compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
    include: ['src'],
    references: deps.map((d) => ({ path: relative(dir, join(root, folderOf.get(d))) })),
  });
}
write(join(root, 'tsconfig.json'), {
  files: [],
  references: [...folderOf.values()].sort(byText).map((path) => ({ path })),
});
if (check && stale) process.exit(1);
