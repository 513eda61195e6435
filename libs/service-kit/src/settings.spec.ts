import { PROJECT_ROOT } from '@lifeboat/testing';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const namesIn = (text: string): Set<string> => new Set(text.match(/LIFEBOAT_[A-Z_]+/g));

describe('docs/reference/settings.md', () => {
  const documented = namesIn(read('docs/reference/settings.md'));
  const services = readdirSync(join(PROJECT_ROOT, 'apps'))
    .map((app) => `apps/${app}/src/main.ts`)
    .filter((main) => existsSync(join(PROJECT_ROOT, main)) && read(main).includes('runService('));
  const beside = services.flatMap((main) =>
    readdirSync(join(PROJECT_ROOT, dirname(main)))
      .filter((file) => file.endsWith('-settings.ts'))
      .map((file) => join(dirname(main), file)),
  );
  const sources = ['libs/service-kit/src/settings.ts', 'libs/telemetry/src/register.ts', ...services, ...beside];
  const declared = namesIn(sources.map(read).join('\n'));

  it('lists every setting that a service reads', () => {
    expect([...declared].filter((name) => !documented.has(name))).toEqual([]);
  });

  it('lists no setting that no service reads', () => {
    expect([...documented].filter((name) => !declared.has(name))).toEqual([]);
  });

  it('covers all services', () => {
    expect(services.length).toBeGreaterThanOrEqual(8);
  });
});
