// Each program as one file, and what they share beside them (dist/programs): a service is ready in a third of the time when Node need not find, read and link
// the 1,500 modules it is made of. Compiled code in, so that nothing else is needed: `tsc -b` checks and emits decorators' metadata.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from './paths.mjs';
import { step } from './say.mjs';

const TELEMETRY = 'libs/telemetry/dist/register.js';

// Not put into a program: what is patched when it is loaded (pg, by tracing), what must be there once (reflect-metadata: Nest finds it before its own modules run),
// what brings files of its own, and what Nest and TypeORM would use if it were installed.
const OUTSIDE =
  'pg reflect-metadata @napi-rs/blake-hash swagger-ui-dist ' +
  '@fastify/static @nestjs/microservices @nestjs/websockets class-transformer class-validator ' +
  '@google-cloud/spanner @sap/hana-client better-sqlite3 expo-sqlite ioredis mongodb mssql mysql mysql2 oracledb ' +
  'pg-native pg-query-stream react-native-sqlite-storage redis sql.js sqlite3 typeorm-aurora-data-api-driver';

// CommonJS modules inside ask for Node's own by `require`.
const REQUIRE = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

const hasProgram = (app) => existsSync(`${ROOT}/apps/${app}/dist/main.js`);
const isBuilt = (path) => existsSync(`${ROOT}/${path}`);

/**
 * Bundles what was compiled since the last time; of a build of some `projects` the CLI alone, as services may be running. It is a file by itself, and may be taken away.
 */
export async function bundle(projects = []) {
  if (isBuilt('apps/cli/dist/main.js')) await bundleInto('dist/cli', { lifeboat: 'apps/cli/dist/main.js' });
  if (projects.length > 0) return;
  const apps = readdirSync(`${ROOT}/apps`).filter((app) => app !== 'cli' && hasProgram(app));
  const entries = apps.map((app) => [app, `apps/${app}/dist/main.js`]);
  await bundleInto('dist/programs', { register: TELEMETRY, ...Object.fromEntries(entries) });
  for (const app of apps)
    if (existsSync(`${ROOT}/apps/${app}/assets`))
      cpSync(`${ROOT}/apps/${app}/assets`, `${ROOT}/dist/assets`, { recursive: true });
}

async function bundleInto(folder, entryPoints) {
  const made = `${ROOT}/${folder}/made-of.json`;
  if (isCurrent(made, entryPoints)) return;
  rmSync(`${ROOT}/${folder}`, { recursive: true, force: true });
  const { metafile } = await step(`Bundling into ${folder}`, () => run(folder, entryPoints));
  const inputs = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
  mkdirSync(`${ROOT}/${folder}`, { recursive: true });
  writeFileSync(made, JSON.stringify({ entryPoints, inputs }));
}

async function run(folder, entryPoints) {
  const { build } = await import('esbuild');
  return build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: folder,
    chunkNames: 'shared/[name]-[hash]',
    bundle: true,
    splitting: Object.keys(entryPoints).length > 1,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: OUTSIDE.split(' ').flatMap((name) => [name, `${name}/*`]),
    banner: { js: REQUIRE },
    keepNames: true, // Nest and TypeORM name things by their classes
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
  });
}

/** Whether it was made of these programs, of what they consist of now, and by these packages. */
function isCurrent(made, entryPoints) {
  if (!existsSync(made)) return false;
  const { mtimeMs } = statSync(made);
  const last = JSON.parse(readFileSync(made, 'utf8'));
  if (JSON.stringify(last.entryPoints) !== JSON.stringify(entryPoints)) return false;
  const newer = (path) => !isBuilt(path) || statSync(`${ROOT}/${path}`).mtimeMs >= mtimeMs;
  return ![...last.inputs, 'package-lock.json', relative(ROOT, import.meta.filename)].some(newer);
}
