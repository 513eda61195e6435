import type { Cloud } from '@lifeboat/openstack-client';
import { entities } from '@lifeboat/openstack-entities';
import { captureProject, refKey } from '@lifeboat/openstack-entity-api';
import type { Scope, Origin, Ref, Snapshot } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { createShop, ensureOffer, entityBench, makeTenant } from '@lifeboat/testing';
import { reread } from './reread.ts';
import { versionOf } from './version.ts';

const MINUTE = 60_000;
const SEALED = { $sealed: 'x', digest: 'y' };

const adminOf = (simulator: Simulator) => {
  const { auth, region_name } = simulator.cloudsYamlEntry({ username: 'admin', project: 'admin' });
  return {
    name: simulator.settings.name,
    authUrl: auth.auth_url.replace(/\/v3$/, ''),
    region: region_name,
    interface: 'public' as const,
    caFile: undefined,
    verify: true,
    auth: {
      type: 'password' as const,
      username: auth.username,
      password: auth.password,
      userDomain: 'Default',
      project: { name: auth.project_name, domain: 'Default' },
    },
  };
};

describe.each(['admin', 'member'] as const)('an entity read by itself, as %s', (as) => {
  let simulators: readonly Simulator[] = [];
  let cloud: Cloud;
  let stranger: Cloud;
  let snapshot: Snapshot;
  let scope: Scope;

  beforeAll(async () => {
    const small = { gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 5 };
    simulators = await Promise.all([
      startSimulator({ ...small, name: 'primary' }),
      startSimulator({ ...small, name: 'recovery', region: 'RegionB', floatingPrefix: '172.24.5' }),
    ]);
    const [primary, recovery] = simulators as [Simulator, Simulator];
    await Promise.all(simulators.map((simulator) => ensureOffer(adminOf(simulator))));
    cloud = (await makeTenant(adminOf(primary), as)).open();
    await entityBench(cloud, (await makeTenant(adminOf(recovery), as)).open());
    stranger = (await makeTenant(adminOf(primary), 'member')).open();
    await createShop(stranger);
    snapshot = await captureProject({ cloud, registry: entities, seal: () => SEALED });
    const { projectId, isAdmin } = await cloud.whoAmI();
    scope = { projectId, isAdmin };
  }, MINUTE);

  afterAll(async () => {
    await Promise.all(simulators.map((simulator) => simulator.stop()));
  }, MINUTE);

  const given = () => ({ cloud, registry: entities, seal: () => SEALED, scope });
  const nothing = () => Promise.resolve(new Set<string>());
  const keysOf = ({ pages }: Snapshot, origin: Origin) =>
    new Set(pages.filter((page) => page.origin === origin).flatMap(({ entities: some }) => some.map(refKey)));
  const digests = (all: Snapshot['all']['entities']) =>
    Object.fromEntries(all.map((entity) => [refKey(entity), versionOf(entity).digest]));

  it(
    'is the same, to its digest, as a sweep sees it, and its own where the sweep says so',
    async () => {
      const [implied, foreign] = [keysOf(snapshot, 'implied'), keysOf(snapshot, 'foreign')];
      const { all } = snapshot;
      for (const entity of all.entities.filter((one) => !implied.has(refKey(one)))) {
        const key = refKey(entity);
        const [read] = await reread(given(), [entity], nothing, foreign.has(key) ? new Set([key]) : new Set());
        expect({ key, entity: read?.seen?.entity }).toEqual({ key, entity });
        expect({ key, origin: read?.seen?.origin }).toEqual({ key, origin: foreign.has(key) ? 'foreign' : 'owned' });
      }
    },
    MINUTE,
  );

  it('brings along what it refers to', async () => {
    const server = snapshot.all.of('server').find(({ name }) => name === 'db-1');
    if (!server) throw new Error('There is no db-1.');
    const reads = await reread(given(), [server], nothing, new Set());
    const expected = digests(snapshot.all.entities);
    expect(reads.length).toBeGreaterThan(5);
    for (const { seen } of reads)
      if (seen)
        expect({ [refKey(seen.entity)]: seen.digest }).toEqual({
          [refKey(seen.entity)]: expected[refKey(seen.entity)],
        });
  });

  it('brings along what was told of in the same breath, before anything was known to refer to it', async () => {
    const server = snapshot.all.of('server').find(({ refs }) => refs['image'] !== undefined);
    const image = server?.refs['image'] as Ref | undefined;
    if (!server || !image) throw new Error('There is no server made of an image.');
    for (const told of [
      [image, server],
      [server, image],
    ]) {
      const reads = await reread(given(), told, nothing, new Set());
      expect(reads.filter((read) => refKey(read) === refKey(image)).map(({ seen }) => seen?.digest)).toEqual([
        digests(snapshot.all.entities)[refKey(image)],
      ]);
    }
  });

  it(
    'is not there when it is of another project and nothing of ours refers to it',
    async () => {
      const theirs = await captureProject({ cloud: stranger, registry: entities, seal: () => SEALED });
      const refs = theirs.all.entities.filter(
        (one) => !snapshot.all.get(one) && !keysOf(theirs, 'foreign').has(refKey(one)),
      );
      expect(refs.length).toBeGreaterThan(20);
      for (const ref of refs) {
        const [read] = await reread(given(), [ref], nothing, new Set());
        expect({ ref: refKey(ref), seen: read?.seen?.entity.name }).toEqual({ ref: refKey(ref), seen: undefined });
      }
    },
    MINUTE,
  );

  it('comes from one list where many of its kind are asked for, and is the same', async () => {
    const rules = snapshot.all.of('security-group-rule');
    const gone = Array.from({ length: 20 }, (_, n) => ({ kind: 'security-group-rule', id: `gone-${n}` }));
    const reads = await reread(given(), [...rules, ...gone], nothing, new Set());
    expect(reads.filter((read) => read.id.startsWith('gone')).map((read) => read.seen)).toEqual(
      Array(20).fill(undefined),
    );
    const expected = digests(rules);
    const seen = Object.fromEntries(
      reads.filter((r) => r.kind === 'security-group-rule' && r.seen).map((r) => [refKey(r), r.seen?.digest]),
    );
    expect(seen).toEqual(expected);
  });
});
