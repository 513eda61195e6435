// One project per package; `*.spec.ts` needs nothing, `*.int-spec.ts` needs PostgreSQL or NATS (tools/setup starts them),
// `*.clouds-spec.ts` the real clouds of test/clouds (`npm run test:clouds` names them).
import { readdirSync, existsSync } from 'node:fs';

const transform = {
  '^.+\\.ts$': ['@swc/jest', {
    swcrc: false, sourceMaps: 'inline', module: { type: 'es6' },
    jsc: {
      target: 'es2024', keepClassNames: true, parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  }],
};

const kinds = process.env.LIFEBOAT_CLOUDS_YAML ? ['clouds-spec'] : ['spec', 'int-spec'];

const packages = ['apps', 'libs', 'libs/saga', 'libs/openstack', 'libs/replication', 'test', 'tools']
  .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(`${folder}/src`) && existsSync(`${folder}/package.json`));

export default {
  projects: packages.map((folder) => ({
    displayName: folder.split('/').slice(1).join('/'),
    rootDir: folder,
    testEnvironment: 'node',
    testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/src/**/*.int-spec.ts', ...(process.env.LIFEBOAT_CLOUDS_YAML ? ['<rootDir>/src/**/*.clouds-spec.ts'] : [])],
    extensionsToTreatAsEsm: ['.ts'],
    testEnvironmentOptions: { customExportConditions: ['@lifeboat/source', 'node', 'node-addons'] },
    transform,
  })),
};
