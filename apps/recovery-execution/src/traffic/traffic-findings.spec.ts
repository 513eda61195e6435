import type { ResolvedSwitch } from '@lifeboat/contracts';
import { unavailable } from '@lifeboat/kernel';
import { topology } from '@lifeboat/openstack-entity-api';
import { PlansFile } from '../plan/plans-file.ts';
import { trafficFindings } from './traffic-findings.ts';

const at = (site: string): ResolvedSwitch => ({
  designate: { site, zone: 'shop.example.', name: 'www.shop.example.', type: 'A', servers: [] },
  serves: [],
});

describe('what readiness finds of traffic', () => {
  const opened: string[] = [];
  const look = (callsSource: boolean, ...traffic: readonly ResolvedSwitch[]) => {
    opened.length = 0;
    const sites = {
      open: (site: string) => {
        opened.push(site);
        return Promise.reject(unavailable('site-unreachable', `${site} does not answer.`, { mend: 'Look at it.' }));
      },
    };
    const signal = new AbortController().signal;
    const run = { source: 'alpha', cloud: { site: 'beta' }, topology: topology([]), signal };
    return trafficFindings(traffic, { run, callsSource, file: PlansFile.parse({}), sites } as never);
  };

  it('is told for each switch, by its place, with what to do', async () => {
    expect(await look(false, { command: 'announce', serves: [] }, at('gamma'))).toEqual({
      warnings: [],
      blockers: [
        expect.objectContaining({ code: 'plan-command-unknown', where: 'plan, spec.traffic[0].command' }),
        {
          code: 'site-unreachable',
          where: 'plan, spec.traffic[1].designate',
          message: 'gamma does not answer.',
          mend: 'Look at it.',
        },
      ],
    });
  });

  it('calls nothing where the group runs, which may be lost, and warns of what stands there; on the way home it looks', async () => {
    const { blockers, warnings } = await look(false, at('alpha'));
    expect([blockers, warnings.map(({ code }) => code), opened]).toEqual([[], ['plan-switch-at-primary'], []]);
    expect((await look(true, at('alpha'))).warnings).toEqual([]);
    expect(opened).toEqual(['alpha']);
  });
});
