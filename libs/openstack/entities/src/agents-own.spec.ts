import { entities } from './index.ts';

const scope = { projectId: 'p1', isAdmin: true };
/** What agents and monitors write, of which no notification tells. */
const WRITTEN = { status: 'DOWN', revision_number: 99, operating_status: 'ERROR', serial: 99 };

const written = entities.all
  .filter(({ service }) => ['network', 'load-balancer', 'dns'].includes(service))
  .flatMap((type) => type.examples.map(({ live }, n) => [`${type.kind} (${n + 1})`, type, live] as const));

describe('what agents write to an object by themselves', () => {
  it.each(written)('makes no version of a %s', (_, type, live) => {
    const [before, after] = [live, { ...live, ...WRITTEN }].map((one) => type.capture(one, scope));
    expect(after).toEqual(before);
  });
});
