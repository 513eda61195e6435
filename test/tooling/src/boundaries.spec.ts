import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ALLOWED, OFFENDERS } from './boundaries.fixture.ts';
import { PROJECT_ROOT } from './project-root.ts';

interface Rule {
  readonly name: string;
  readonly comment?: string;
}
interface Findings {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: Rule }[];
    readonly ruleSetUsed: { readonly forbidden: readonly Rule[] };
  };
}

/** `@lifeboat/openstack-client` is in libs/openstack/client. */
const PACKAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['kernel', 'contracts', 'messaging', 'persistence', 'service-kit', 'telemetry', 'api-client', 'testing'].map(
      (name) => [name, `libs/${name}`],
    ),
  ),
  'saga-engine': 'libs/saga/engine',
  'saga-definitions': 'libs/saga/definitions',
  'openstack-client': 'libs/openstack/client',
  'openstack-entity-api': 'libs/openstack/entity-api',
  'openstack-entities': 'libs/openstack/entities',
  'openstack-simulator': 'libs/openstack/simulator',
  'replication-driver-api': 'libs/replication/driver-api',
  'replication-blocks': 'libs/replication/blocks',
  'replication-drivers': 'libs/replication/drivers',
  'app-saga': 'apps/saga',
  'app-protection': 'apps/protection',
  'test-e2e': 'test/e2e',
};
const DECLARED = ['zod', 'rxjs', 'typeorm', 'undici', 'fast-check', '@nestjs/common', '@nats-io/nats-core', 'pino'];
const UNDECLARED = 'not-in-package-json';

describe('dependency rules', () => {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-boundaries-'));
  let findings: Findings;

  beforeAll(() => {
    writeWorkspace(root);
    for (const { from, imports } of [...OFFENDERS, ...ALLOWED]) write(root, from, imports);
    findings = cruise(root);
  }, 60_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(OFFENDERS.map((offender) => [offender.rule, offender.from, offender.imports] as const))(
    '%s refuses that %s imports %s',
    (rule, from) => {
      expect(findings.summary.violations).toContainEqual(
        expect.objectContaining({ from, rule: expect.objectContaining({ name: rule }) }),
      );
    },
  );

  it('has an offender here for every rule', () => {
    const rules = findings.summary.ruleSetUsed.forbidden.map((rule) => rule.name);
    expect([...new Set(OFFENDERS.map((offender) => offender.rule))].sort()).toEqual([...rules].sort());
  });

  it('says for every rule why it is there', () => {
    for (const rule of findings.summary.ruleSetUsed.forbidden) expect(rule.comment ?? '').toMatch(/.{40,}/);
  });

  it('lets everything else pass', () => {
    const offenders = new Set<string>(OFFENDERS.map((offender) => offender.from));
    expect(findings.summary.violations.filter((violation) => !offenders.has(violation.from))).toEqual([]);
  });
});

function writeWorkspace(root: string): void {
  const dependencies = Object.fromEntries(DECLARED.map((name) => [name, '1.0.0']));
  writeJson(root, 'package.json', {
    name: 'fixture',
    type: 'module',
    workspaces: Object.values(PACKAGES),
    dependencies,
  });
  for (const name of [...DECLARED, UNDECLARED]) {
    writeJson(root, `node_modules/${name}/package.json`, {
      name,
      version: '1.0.0',
      type: 'module',
      exports: './index.js',
    });
    write(root, `node_modules/${name}/index.js`);
  }
  mkdirSync(join(root, 'node_modules/@lifeboat'), { recursive: true });
  for (const [name, folder] of Object.entries(PACKAGES)) {
    const exports = { '.': { '@lifeboat/source': './src/index.ts', import: './dist/index.js' } };
    writeJson(root, `${folder}/package.json`, { name: `@lifeboat/${name}`, version: '1.0.0', type: 'module', exports });
    write(root, `${folder}/src/index.ts`);
    write(root, `${folder}/src/inner.ts`);
    symlinkSync(join(root, folder), join(root, 'node_modules/@lifeboat', name));
  }
}

function write(root: string, path: string, imports?: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(
    join(root, path),
    `${imports === undefined ? '' : `import * as other from '${imports}';\nother;\n`}export const here = 1;\n`,
  );
}

function writeJson(root: string, path: string, value: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(value));
}

function cruise(root: string): Findings {
  const bin = join(PROJECT_ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [
    bin,
    '--config',
    join(PROJECT_ROOT, '.dependency-cruiser.mjs'),
    '--output-type',
    'json',
    'apps',
    'libs',
    'test',
  ];
  const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  return JSON.parse(output) as Findings;
}
