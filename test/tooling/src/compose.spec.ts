import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PROJECT_ROOT } from './project-root.ts';

const service = z.object({
  command: z.array(z.string()),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
  volumes: z.array(z.string()).optional(),
  network_mode: z.literal('host'),
});
const composeFile = z.object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) });

const text = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const compose = composeFile.parse(parse(text('docker-compose.yml'), { merge: true }));

/** Apps that run as services: those which the service kit runs. */
const services = readdirSync(join(PROJECT_ROOT, 'apps'))
  .map((name) => ({ name, main: `apps/${name}/src/main.ts` }))
  .filter(({ main }) => existsSync(join(PROJECT_ROOT, main)) && text(main).includes('runService('))
  .map(({ name, main }) => ({ name, main: text(main) }));

const VARIABLE = /LIFEBOAT_[A-Z_]+/g;

function variablesNamedIn(folder: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('spec'))
    .flatMap((path) => text(join(folder, path)).match(VARIABLE) ?? []);
}

describe('docker-compose.yml', () => {
  it('has services to compare with', () => expect(services.length).toBeGreaterThanOrEqual(8));

  it.each(services)('runs $name by its own entry point', ({ name }) => {
    expect(compose.services[name]?.command.at(-1)).toBe(`dist/programs/${name}.js`);
  });

  it.each(services)('gives $name the database, clouds and secret it needs, and no more', ({ name, main }) => {
    const given = Object.keys(compose.services[name]?.environment ?? {});
    const needs = {
      LIFEBOAT_NATS_URL: true,
      LIFEBOAT_HEALTH_PORT: true,
      LIFEBOAT_DATABASE_URL: /^ {2}database:/m.test(main),
      LIFEBOAT_CLOUDS_FILE: /clouds: true/.test(main),
      LIFEBOAT_SECRET_KEY: /secrets: true/.test(main),
    };
    for (const [variable, needed] of Object.entries(needs))
      expect([variable, given.includes(variable)]).toEqual([variable, needed]);
  });

  it.each([
    ...services.map(({ name }) => [name, name]),
    ['cloud-primary', 'cloud-simulator'],
    ['cloud-recovery', 'cloud-simulator'],
  ])('sets nothing for %s that it does not know', (name = '', app = '') => {
    const known = new Set(['libs/service-kit/src', 'libs/telemetry/src', `apps/${app}/src`].flatMap(variablesNamedIn));
    expect(Object.keys(compose.services[name]?.environment ?? {}).filter((variable) => !known.has(variable))).toEqual(
      [],
    );
  });

  it('lets no two services take one port of the host', () => {
    const ports = Object.values(compose.services).flatMap(({ environment = {} }) =>
      Object.entries(environment).flatMap(([variable, value]) => (variable.endsWith('_PORT') ? [String(value)] : [])),
    );
    expect(ports.length).toBeGreaterThanOrEqual(services.length);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('makes JetStream write through and the database answer on loopback only', () => {
    expect(text('deploy/compose/nats.conf')).toMatch(/sync_interval: always/);
    expect(text('deploy/compose/nats.conf')).not.toMatch(/0\.0\.0\.0|listen: *"?:?\d+"?$/m);
    expect(compose.services['postgres']?.command).toContain('listen_addresses=127.0.0.1');
  });

  it('names the simulated clouds as its clouds.yaml does', () => {
    const clouds = z
      .object({
        clouds: z.record(z.string(), z.object({ region_name: z.string(), auth: z.object({ auth_url: z.url() }) })),
      })
      .parse(parse(text('deploy/compose/clouds/clouds.yaml'))).clouds;
    for (const name of ['primary', 'recovery']) {
      const { LIFEBOAT_SIM_NAME, LIFEBOAT_SIM_PORT, LIFEBOAT_SIM_REGION } =
        compose.services[`cloud-${name}`]?.environment ?? {};
      const { port } = new URL(clouds[name]?.auth.auth_url ?? '');
      expect([LIFEBOAT_SIM_NAME, String(LIFEBOAT_SIM_PORT), LIFEBOAT_SIM_REGION]).toEqual([
        name,
        port,
        clouds[name]?.region_name,
      ]);
    }
  });
});
