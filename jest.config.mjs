// One project per package; `*.spec.ts` needs nothing, `*.int-spec.ts` needs PostgreSQL or NATS (tools/setup starts them);
// `*.clouds-spec.ts` needs real clouds, and runs instead of the others when LIFEBOAT_CLOUDS_YAML names them (npm run test:clouds); a brief run, by LIFEBOAT_CLOUDS_BRIEF,
// leaves out `*.long.clouds-spec.ts`.
import { readdirSync, existsSync } from 'node:fs';

const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'es6' },
      jsc: {
        target: 'es2024',
        keepClassNames: true,
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
    },
  ],
};

const onClouds = Boolean(process.env.LIFEBOAT_CLOUDS_YAML);
const kinds = onClouds ? ['clouds-spec'] : ['spec', 'int-spec'];
const leftOut = process.env.LIFEBOAT_CLOUDS_BRIEF ? ['\\.long\\.clouds-spec\\.ts$'] : [];

const packages = ['apps', 'libs', 'libs/saga', 'libs/openstack', 'libs/replication', 'test', 'tools']
  .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(`${folder}/src`) && existsSync(`${folder}/package.json`));

export default {
  // One suite at a time on the real clouds: they and their guests take the machine by themselves. Here each has servers of its own, and waits for them a good
  // part of the time: a third one fills the gaps.
  maxWorkers: onClouds ? 1 : 3,
  testSequencer: './tools/setup/servers-first.mjs',
  // A test that hangs ends; how fast a busy machine is decides nothing.
  testTimeout: 60_000,
  projects: packages.map((folder) => ({
    displayName: folder.split('/').slice(1).join('/'),
    rootDir: folder,
    testEnvironment: 'node',
    testMatch: kinds.map((kind) => `<rootDir>/src/**/*.${kind}.ts`),
    testPathIgnorePatterns: ['/node_modules/', ...leftOut],
    extensionsToTreatAsEsm: ['.ts'],
    testEnvironmentOptions: { customExportConditions: ['@lifeboat/source', 'node', 'node-addons'] },
    transform,
  })),
};
