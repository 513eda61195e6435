import { notFound } from '@lifeboat/kernel';
import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { addressGroup } from './address-group.ts';
import { qosPolicy } from './qos-policy.ts';
import { rbacPolicy } from './rbac-policy.ts';
import { sharedByFlag } from './shared.ts';
import { subnetPool } from './subnet-pool.ts';

const network = (observed: Entity['observed'] = {}): Entity => ({
  kind: 'network',
  id: 'n',
  name: 'web',
  spec: {},
  refs: {},
  observed,
});
const policy = (sharedWith: string): Entity => ({
  kind: 'rbac-policy',
  id: 'b',
  name: '',
  spec: { action: 'access_as_shared', shared_with: sharedWith },
  refs: { object: { kind: 'network', id: 'n' } },
  observed: {},
});

const target = (isAdmin: boolean, shared: Entity, mappings: Record<string, string> = {}): Target =>
  ({
    isAdmin,
    projectId: 'ours-there',
    mapped: (rule: string, name: string) => (rule === 'project' ? (mappings[name] ?? name) : name),
    captured: (ref) => topology([shared]).get(ref),
    id: (ref) => `${ref.id}-there`,
  }) as Target;

/** A Keystone that knows one project, and tells members of none. */
const cloud = {
  site: 'beta',
  identity: {
    get: (path: string) =>
      path === '/projects/everywhere'
        ? Promise.resolve({ project: { id: 'everywhere' } })
        : Promise.reject(notFound('openstack-not-found', 'no')),
  },
} as unknown as Cloud;

describe('an RBAC policy', () => {
  it.each([
    ['the project that the mappings name', 'theirs', 'theirs-there'],
    ['all', '*', '*'],
    ['its own', 'its own project', 'ours-there'],
  ])('is for %s', (_whom, shared, there) => {
    const to = target(true, network(), { theirs: 'theirs-there' });
    expect(rbacPolicy.body?.(policy(shared), to)).toMatchObject({ rbac_policy: { target_tenant: there } });
  });

  it.each<readonly [string, Entity, Target, RegExp | undefined]>([
    ['for a mapped project', policy('theirs'), target(false, network(), { theirs: 'x' }), undefined],
    ['for a project of both clouds', policy('everywhere'), target(true, network()), undefined],
    ['for its own project', policy('its own project'), target(false, network()), undefined],
    ['for all, by an administrator', policy('*'), target(true, network()), undefined],
    ['for all, by a member', policy('*'), target(false, network()), /only an administrator/],
    ['for a project that nobody mapped', policy('theirs'), target(true, network()), /--map project:theirs=ID/],
    ["of a network that is another's", policy('*'), target(true, network({ foreign: true })), /belongs to others/],
    ["of a policy that is another's", policy('*'), target(true, network({ of_others: true })), /belongs to others/],
  ])('%s is left out only with a reason', async (_what, kept, to, why) => {
    const said = await rbacPolicy.declines?.(cloud, kept, to);
    if (why) expect(said).toMatch(why);
    else expect(said).toBeUndefined();
  });

  it('of what is not carried is not captured', () => {
    expect(rbacPolicy.skip?.({ id: 'b', object_type: 'address_scope' })).toMatch(/address_scope/);
    expect(rbacPolicy.skip?.({ id: 'b', object_type: 'subnetpool' })).toBeUndefined();
  });
});

describe('a network that Neutron calls shared', () => {
  const shared = { ...network(), spec: { shared: true } };
  const made = (isAdmin: boolean, policies: readonly Entity[]): unknown =>
    sharedByFlag(shared, { isAdmin, isolated: false, all: topology([shared, ...policies]) });

  it.each<readonly [string, boolean, readonly Entity[], boolean]>([
    ['as its own project may have it', true, [policy('its own project')], false],
    ['by a policy for all, which is made by itself', true, [policy('*')], false],
    ["by an administrator's policy, which the project does not list", true, [], true],
    ['besides with another project', true, [policy('theirs')], true],
    ['when only a member is there to make it', false, [], false],
  ])('%s is made for all only where nothing else makes it so', (_how, isAdmin, policies, is) => {
    expect(made(isAdmin, policies)).toBe(is);
  });
});

describe('what another project shares, and the target has none of', () => {
  it.each([addressGroup, qosPolicy, subnetPool])('is left out with a reason: $kind', async ({ declines }) => {
    const kept = { ...network({ of_others: true }), spec: { shared: true } };
    expect(await declines?.(cloud, kept, target(true, kept))).toMatch(/beta has none of its name/);
    const own = { ...kept, observed: { of_others: false } };
    expect(await declines?.(cloud, own, target(true, own))).toBeUndefined();
  });

  it('is the same for a member with an own QoS policy: only administrators make one', async () => {
    const own = network({ of_others: false });
    expect(await qosPolicy.declines?.(cloud, own, target(false, own))).toMatch(/only an administrator/);
  });
});
