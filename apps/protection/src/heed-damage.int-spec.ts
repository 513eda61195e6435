import { ReplicaDamaged } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Bus } from '@lifeboat/messaging';
import { startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Stack } from '@lifeboat/testing';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const MINUTE = 60_000;

describe('protection, told that a replica is damaged', () => {
  let servers: Servers;
  let stack: Stack;
  let bus: Bus;
  let db: pg.Client;

  beforeAll(async () => {
    servers = await startServers({ fsync: false });
    const { databaseUrl, natsUrl } = servers;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-damage-'));
    const cloudsFile = join(dir, 'clouds.yaml');
    writeFileSync(cloudsFile, JSON.stringify({ clouds: {} }));
    stack = await startStack({ databaseUrl, natsUrl, cloudsFile, dir, only: ['protection'] });
    bus = new Bus(natsUrl, 'damage-spec');
    db = new pg.Client({ connectionString: stack.databaseUrl });
    await db.connect();
    await db.query(`set search_path to protection`);
    await db.query(`insert into site (name) values ('alpha'), ('beta')`);
    await db.query(`insert into policy (name, rpo_seconds, keep_points, rules) values ('p', 0, 2, '{}')`);
  }, 5 * MINUTE);
  afterAll(async () => {
    await db.end();
    await bus.close();
    await stack.stop();
    await servers.stop();
  }, MINUTE);

  const group = async (groupId: string, state: string): Promise<void> => {
    await db.query(
      `insert into protection_group (group_id, name, primary_site, recovery_site, policy, members, mappings, state, fence_token)
       values ($1, $1, 'alpha', 'beta', 'p', '{"project": true}', '{}', $2, 0)`,
      [groupId, state],
    );
    await db.query(
      `insert into recovery_point (point_id, group_id, state, opened_at, requested_at, sealed_at, images, disks)
       values ($1, $2, 'sealed', now(), now(), now(), '[]', '[]')`,
      [`point of ${groupId}`, groupId],
    );
  };
  const tell = async (groupId: string): Promise<void> => {
    const disk = { kind: 'volume', id: 'd', name: 'data' };
    const data = { groupId, pointId: `point of ${groupId}`, target: 'beta', disk, damage: 'image 7 is gone' };
    const now = new Date().toISOString();
    const type = ReplicaDamaged.subject;
    await bus.publish(type, { id: newId(), type, source: 'lifeboat/spec', time: now, attempt: 1, data });
  };
  const damaged = (groupId: string): Promise<string> =>
    until('the point to be marked', async () => {
      const { rows } = await db.query<{ damage: string | null }>(
        `select damage from recovery_point where group_id = $1 and state = 'sealed'`,
        [groupId],
      );
      return rows[0]?.damage ?? undefined;
    });
  const begun = async (groupId: string): Promise<number> =>
    (await db.query(`select 1 from recovery_point where group_id = $1 and state = 'open'`, [groupId])).rowCount ?? 0;

  it(
    'marks the point and begins another one, and only one for many such words',
    async () => {
      await group('shop', 'protected');
      await tell('shop');
      expect(await damaged('shop')).toBe('volume data: image 7 is gone');
      expect(await begun('shop')).toBe(1);
      await tell('shop');
      await group('later', 'protected');
      await tell('later');
      await damaged('later'); // what was told before it has been heard too
      expect(await begun('shop')).toBe(1);
      const { rows } = await db.query<{ reason: string }>(
        `select envelope->'data'->>'reason' as reason from run_start`,
      );
      expect(rows.map(({ reason }) => reason)).toContain('replica damaged: image 7 is gone');
    },
    5 * MINUTE,
  );

  it(
    'begins none of a primary that was given up',
    async () => {
      await group('gone', 'failed-over');
      await tell('gone');
      expect(await damaged('gone')).toContain('is gone');
      expect(await begun('gone')).toBe(0);
    },
    5 * MINUTE,
  );
});
