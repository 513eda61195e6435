import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity, RunState } from '@lifeboat/openstack-entity-api';
import { addressOf } from './address-of.ts';

const SERVER = { kind: 'server', id: 'srv-1' };
const PORTS = ['first', 'second'].map((id) => ({ kind: 'port', id }));
const server: Entity = { ...SERVER, name: 'web', spec: {}, refs: { ports: PORTS }, observed: {} };

/** As the target tells of it: ports bear other ids there. */
function at(floating: Readonly<Record<string, string>>, fixed: Readonly<Record<string, string>>): RunState {
  const network = {
    async *list(_path: string, _key: string, { query }: { query: { port_id: string } }) {
      const address = floating[query.port_id];
      if (address !== undefined) yield { id: 'f', floating_ip_address: address };
    },
    get: (path: string) => {
      const address = fixed[path.replace('/ports/', '')];
      return Promise.resolve({ port: { fixed_ips: address === undefined ? [] : [{ ip_address: address }] } });
    },
  };
  return {
    run: { cloud: { site: 'beta', network }, topology: topology([server]) },
    entry: ({ id }: { id: string }) => ({ targetId: `${id}-there` }),
  } as unknown as RunState;
}

describe('the address at which a server is asked', () => {
  it('is its floating IP at the target, whichever of its ports has one', async () => {
    const fixed = { 'first-there': '10.0.0.5' };
    expect(await addressOf(at({ 'second-there': '172.24.4.9' }, fixed), SERVER)).toBe('172.24.4.9');
  });

  it('is that of its first port, where it has none', async () => {
    const fixed = { 'first-there': '10.0.0.5', 'second-there': '10.0.0.6' };
    expect(await addressOf(at({}, fixed), SERVER)).toBe('10.0.0.5');
  });

  it('may be none at all: then it is said what to do', async () => {
    await expect(addressOf(at({}, {}), SERVER)).rejects.toMatchObject({
      code: 'server-without-address',
      mend: expect.stringContaining('console') as string,
    });
  });
});
