import { invalidInput } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { createSubnet } from './pool-room.ts';

const POOL = { id: 'pool', prefixes: ['10.40.0.0/16'], min_prefixlen: '20', max_prefixlen: '28', project_id: 'ours' };

/** Answers the pool, its subnets, and what was created. */
function playing(more: { pool?: object; taken?: readonly string[]; isAdmin?: boolean; refuses?: boolean } = {}) {
  const sent: Record<string, unknown>[] = [];
  const cloud = {
    whoAmI: () => Promise.resolve({ projectId: 'ours', isAdmin: more.isAdmin ?? false }),
    network: {
      get: () => Promise.resolve({ subnetpool: { ...POOL, ...more.pool } }),
      async *list() {
        yield* await Promise.resolve((more.taken ?? []).map((cidr) => ({ cidr })));
      },
      post: (_path: string, { subnet }: { subnet: Record<string, unknown> }) => {
        sent.push(subnet);
        return more.refuses && 'subnetpool_id' in subnet
          ? Promise.reject(invalidInput('openstack-rejected', 'affinity'))
          : Promise.resolve({ subnet: { id: 'made' } });
      },
    },
  } as unknown as Cloud;
  return { cloud, sent };
}

const body = { subnet: { cidr: '10.40.3.0/24', subnetpool_id: 'pool' } };
const ALONE = { cidr: '10.40.3.0/24' };

describe('a subnet of a pool', () => {
  it('is made in it where there is room', async () => {
    const { cloud, sent } = playing({ taken: ['10.40.4.0/24'] });
    expect(await createSubnet(cloud, body)).toBe('made');
    expect(sent).toEqual([body.subnet]);
  });

  it.each<readonly [string, Parameters<typeof playing>[0]]>([
    ['has other prefixes', { pool: { prefixes: ['10.50.0.0/16'] } }],
    ['takes longer prefixes only', { pool: { min_prefixlen: '25' } }],
    ['takes shorter prefixes only', { pool: { max_prefixlen: '23' } }],
    ['has given the range away', { taken: ['10.40.0.0/20'] }],
    ['is shared, and does not show members what others have of it', { pool: { project_id: 'theirs' } }],
  ])('is made without it where the pool %s: Neutron would answer 500', async (_what, more) => {
    const { cloud, sent } = playing(more);
    expect(await createSubnet(cloud, body)).toBe('made');
    expect(sent).toEqual([ALONE]);
  });

  it('is made without it where Neutron refuses it in words', async () => {
    const { cloud, sent } = playing({ refuses: true });
    expect(await createSubnet(cloud, body)).toBe('made');
    expect(sent).toEqual([body.subnet, ALONE]);
  });

  it('of no pool asks for none', async () => {
    const { cloud, sent } = playing();
    await createSubnet(cloud, { subnet: ALONE });
    expect(sent).toEqual([ALONE]);
  });
});
