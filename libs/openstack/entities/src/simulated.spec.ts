import { captureProject, entityConformance } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { ensureOffer, entityBench, makeTenant } from '@lifeboat/testing';
import type { Tenant, WorkloadBench } from '@lifeboat/testing';
import type { CloudConfig } from '@lifeboat/openstack-client';
import { entities } from './index.ts';

const MINUTE = 60_000;
const PLUGINS = ['qos', 'trunk', 'port-forwarding'] as const;
const FURTHER = ['load-balancer', 'key-manager', 'dns'] as const;
/** What needs them. */
const OF_PLUGINS =
  /^(qos-policy|trunk|port-forwarding|load-balancer|listener|pool|member|health-monitor|l7-policy|l7-rule|secret|secret-container|zone|recordset): stands/;

const adminOf = (simulator: Simulator): CloudConfig => {
  const { auth, region_name } = simulator.cloudsYamlEntry({ username: 'admin', project: 'admin' });
  return {
    name: simulator.settings.name,
    authUrl: auth.auth_url.replace(/\/v3$/, ''),
    region: region_name,
    interface: 'public',
    caFile: undefined,
    verify: true,
    auth: {
      type: 'password',
      username: auth.username,
      password: auth.password,
      userDomain: 'Default',
      project: { name: auth.project_name, domain: 'Default' },
    },
  };
};

describe.each([
  ['admin', PLUGINS, FURTHER],
  ['member', PLUGINS, FURTHER],
  ['member', [], []],
] as const)('all entity types on simulated clouds, as %s, to a target with %j and %j', (as, plugins, further) => {
  let simulators: readonly Simulator[] = [];
  let tenants: readonly Tenant[] = [];
  let bench: WorkloadBench;

  beforeAll(async () => {
    const played = { networkPlugins: PLUGINS, furtherServices: FURTHER };
    const small = { gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 5, ...played };
    simulators = await Promise.all([
      startSimulator({ ...small, name: 'primary' }),
      startSimulator({
        ...small,
        name: 'recovery',
        region: 'RegionB',
        floatingPrefix: '172.24.5',
        networkPlugins: plugins,
        furtherServices: further,
      }),
    ]);
    await Promise.all(simulators.map((simulator) => ensureOffer(adminOf(simulator))));
    tenants = await Promise.all(simulators.map((simulator) => makeTenant(adminOf(simulator), as)));
    const [source, target] = tenants.map((tenant) => tenant.open());
    if (!source || !target) throw new Error('There are not two clouds.');
    bench = await entityBench(source, target);
  }, MINUTE);

  afterAll(async () => {
    await Promise.all(simulators.map((simulator) => simulator.stop()));
  }, MINUTE);

  // A member may do the least of it.
  const comesHome = as === 'member' && plugins.length > 0;
  for (const { name, run } of entityConformance(entities, { comesHome }))
    if (plugins.length > 0 || !OF_PLUGINS.test(name)) it(name, () => run(bench), MINUTE);

  it('says of user data what these credentials can see of it', async () => {
    const { all } = await captureProject({ cloud: bench.source, registry: entities, seal: () => 'sealed' });
    const said = all
      .of('server')
      .map((server) =>
        String(server.spec['user_data'] ?? server.unseen?.map(({ field }) => `${field} unseen`) ?? 'none'),
      );
    expect(said.sort()).toEqual(
      as === 'admin' ? ['none', 'none', 'none', 'sealed', 'sealed', 'sealed'] : Array(6).fill('user_data unseen'),
    );
  });
});
