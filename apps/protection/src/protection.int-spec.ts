import {
  CheckReadiness,
  ListPlanVersions,
  PutPlan,
  ReadGroup,
  ReadPlan,
  ReadReadiness,
  RemoveGroup,
  RemovePlan,
  ReplicaDamaged,
  RequestCleanup,
  RequestDrill,
  ReverseGroup,
  RunEnded,
  SealPoint,
  UnpinPoint,
  VerifyPlan,
} from '@lifeboat/contracts';
import type { CommandDef, EventDef, OutputOf, RequestDef } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { ask, Bus, serve } from '@lifeboat/messaging';
import { startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Stack } from '@lifeboat/testing';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ApprovalBench } from './simulated/approval-bench.ts';
import { approvals } from './simulated/approvals.ts';
import { races } from './simulated/races.ts';

const MINUTE = 60_000;
const RULES = { drivers: [], serverRoot: 'snapshot' };

describe('protection', () => {
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
    stack = await startStack({
      databaseUrl,
      natsUrl,
      cloudsFile,
      dir,
      only: ['protection'],
      env: { LIFEBOAT_READINESS_SECONDS: '1' },
    });
    bus = new Bus(natsUrl, 'damage-spec');
    db = new pg.Client({ connectionString: stack.databaseUrl });
    await db.connect();
    await db.query(`set search_path to protection`);
    await db.query(`insert into site (name) values ('alpha'), ('beta')`);
    await db.query(`insert into policy (name, rpo_seconds, keep_points, rules) values ('p', 0, 2, $1)`, [RULES]);
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
  const say = async <T>({ subject: type }: EventDef<T>, data: T): Promise<void> => {
    const time = new Date().toISOString();
    await bus.publish(type, { id: newId(), type, source: 'lifeboat/spec', time, attempt: 1, data });
  };
  const tell = (groupId: string): Promise<void> => {
    const disk = { kind: 'volume' as const, id: 'd', name: 'data' };
    return say(ReplicaDamaged, {
      groupId,
      pointId: `point of ${groupId}`,
      target: 'beta',
      disk,
      damage: 'image 7 is gone',
    });
  };
  const command = <T>({ subject }: CommandDef<T>, data: T): Promise<void> =>
    bus.publish(subject, {
      id: newId(),
      type: subject,
      source: 'lifeboat/spec',
      time: new Date().toISOString(),
      attempt: 1,
      data,
    });
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
    'marks the point that has a damaged replica and begins another one, and only one for many such words',
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
    'begins no other point of a primary that was given up',
    async () => {
      await group('gone', 'failed-over');
      await tell('gone');
      expect(await damaged('gone')).toContain('is gone');
      expect(await begun('gone')).toBe(0);
    },
    5 * MINUTE,
  );

  describe('with recovery plans', () => {
    const doing = <I, O>(request: RequestDef<I, O>, input: I): Promise<O> => ask(bus, request, input);
    const text = (name: string, groupId: string, more = '') =>
      `apiVersion: lifeboat/v1\nkind: RecoveryPlan\nmetadata: { name: ${name} }\nspec: { group: ${groupId}, waves: [{ name: data, servers: [{ tag: data }] ${more} }] }\n`;
    const put = (groupId: string, more = '') =>
      doing(PutPlan, { name: groupId, text: text(groupId, groupId, more), by: 'anna' });
    const wave = (...ids: readonly string[]) => {
      const servers = ids.map((id) => ({ id, name: id }));
      return { name: 'data', servers, before: [], probes: [], after: [] };
    };
    let found: OutputOf<typeof CheckReadiness>;
    beforeAll(async () => {
      found = { checks: 3, blockers: [], warnings: [], waves: [wave('s1', 's2')] };
      await serve(bus, CheckReadiness, () => Promise.resolve(found), fail);
      for (const groupId of ['kept', 'judged', 'drilled']) await group(groupId, 'protected');
      await db.query(`update recovery_point set metadata = 'sha256:00', consistency = '{"level": "crash-per-disk"}'`);
    });
    const fail = (thrown: unknown): void => {
      throw thrown;
    };

    it('keeps every version as it was given, also when the plan was removed, and makes none of what says the same', async () => {
      const first = await put('kept');
      expect(first).toMatchObject({ fresh: true, plan: { version: 1, appliedBy: 'anna', text: text('kept', 'kept') } });
      const inOtherWords = { name: 'kept', text: `# Said otherwise.\n${text('kept', 'kept')}`, by: 'bert' };
      expect(await doing(PutPlan, inOtherWords)).toMatchObject({
        fresh: false,
        plan: { version: 1, appliedBy: 'anna' },
      });
      expect((await put('kept', ', delay: 5')).plan.version).toBe(2);
      expect((await doing(ReadPlan, { name: 'kept', version: 1 })).plan.text).toBe(text('kept', 'kept'));
      await doing(RemovePlan, { name: 'kept' });
      await doing(RemovePlan, { name: 'kept' });
      await expect(doing(ReadPlan, { name: 'kept' })).rejects.toMatchObject({ code: 'plan-not-found' });
      expect((await put('kept')).plan.version).toBe(3);
      const { versions } = await doing(ListPlanVersions, { name: 'kept' });
      expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
      expect(versions[0]?.digest).toBe(versions[2]?.digest);
    });

    it(
      'verifies one when somebody asks and nothing stands in the way, and not by its own checks, which find that it covers something else by now',
      async () => {
        expect((await put('judged')).plan.state).toBe('needs-verification');
        found = { ...found, blockers: [{ code: 'plan-server-unknown', where: 'plan', message: 'Nobody.' }] };
        expect((await doing(VerifyPlan, { name: 'judged' })).plan.state).toBe('needs-verification');
        found = { ...found, blockers: [] };
        expect((await doing(VerifyPlan, { name: 'judged' })).plan).toMatchObject({
          state: 'verified',
          verified: { by: 'readiness' },
        });
        found = { ...found, waves: [wave('s1', 's3')] };
        const drifted = await until('the drift to be found', async () => {
          const { plan } = await doing(ReadPlan, { name: 'judged' });
          return plan.state === 'verified' ? undefined : plan;
        });
        expect(drifted.why).toContain('wave "data" has other servers');
        expect((await doing(VerifyPlan, { name: 'judged' })).plan.state).toBe('verified');
        await db.query(`update protection_group set mappings = '{"flavor": {"a": "b"}}' where group_id = 'judged'`);
        expect((await doing(ReadPlan, { name: 'judged' })).plan).toMatchObject({
          state: 'needs-verification',
          version: 1,
        });
      },
      MINUTE,
    );

    it('is verified by a drill that went through, in the version that the drill was started with', async () => {
      await put('drilled');
      const drill = async (outcome: 'completed' | 'undone', planVersion?: number) => {
        const runId = newId();
        await doing(RequestDrill, { groupId: 'drilled', runId, reason: 'spec', ...(planVersion && { planVersion }) });
        const { rows } = await db.query<{ plan: unknown }>(
          `select envelope->'data'->'plan' as plan from run_start where run_id = $1`,
          [runId],
        );
        await say(RunEnded, { runId, kind: 'drill', groupId: 'drilled', outcome });
        await until('the end to be heard', async () => {
          const { rowCount } = await db.query(`select 1 from plan_drill where run_id = $1`, [runId]);
          return rowCount === 0 || undefined;
        });
        await db.query(`delete from point_pin where run_id = $1`, [runId]);
        return { runId, plan: rows[0]?.plan };
      };
      const stateOf = async () => (await doing(ReadPlan, { name: 'drilled' })).plan;
      await drill('undone');
      expect((await stateOf()).state).toBe('needs-verification');
      const good = await drill('completed');
      expect(good.plan).toEqual({ name: 'drilled', version: 1 });
      expect(await stateOf()).toMatchObject({ state: 'verified', verified: { by: 'drill', runId: good.runId } });
      await put('drilled', ', delay: 5');
      expect((await drill('completed', 1)).plan).toEqual({ name: 'drilled', version: 1 });
      expect(await stateOf()).toMatchObject({ version: 2, state: 'needs-verification' });
      await expect(drill('completed', 9)).rejects.toMatchObject({ code: 'plan-version-not-found' });
    });
  });

  describe('with drills by schedule', () => {
    const rehearsed = (groupId: string, drills: number): Promise<string> =>
      until(`drill ${drills} of ${groupId}`, async () => {
        const { rows } = await db.query<{ id: string }>(
          `select run_id as id from run_start where envelope->'data'->>'reason' = 'schedule' and envelope->'data'->>'groupId' = $1`,
          [groupId],
        );
        expect(rows.length).toBeLessThanOrEqual(drills);
        return rows.length === drills ? rows.at(-1)?.id : undefined;
      });
    const ends = async (groupId: string, runId: string, outcome: 'completed' | 'undone'): Promise<void> => {
      await db.query(`delete from point_pin where run_id = $1`, [runId]);
      await say(RunEnded, { runId, kind: 'drill', groupId, outcome });
    };
    const drills = async (groupId: string) => (await ask(bus, ReadGroup, { groupId })).group.drills;

    it(
      'rehearses each group once, and says when it was proven, or that it was not',
      async () => {
        await db.query(
          `insert into policy (name, rpo_seconds, keep_points, rules, drills) values ('often', 0, 2, $1, '{"everySeconds": 86400}')`,
          [RULES],
        );
        for (const groupId of ['proven', 'unproven', 'last']) await group(groupId, 'protected');
        await db.query(`update recovery_point set metadata = 'sha256:00', consistency = '{"level": "crash-per-disk"}'`);
        await db.query(`update protection_group set policy = 'often' where group_id in ('proven', 'unproven')`);
        const good = await rehearsed('proven', 1);
        const bad = await rehearsed('unproven', 1);
        await ends('proven', good, 'completed');
        await ends('unproven', bad, 'undone');
        const proven = await until('the drill to count', async () => {
          const shown = await drills('proven');
          return shown?.provenAt === undefined ? undefined : shown;
        });
        expect(proven.failed).toBeUndefined();
        expect(Date.parse(proven.nextAt ?? '') - Date.parse(proven.provenAt ?? '')).toBe(86_400_000);
        await until('the other one to count', async () => (await drills('unproven'))?.failed);
        expect(await drills('unproven')).toMatchObject({ failed: { runId: bad } });
        const { readiness } = await ask(bus, ReadReadiness, { groupId: 'unproven', now: true });
        expect(readiness.warnings).toContainEqual(expect.objectContaining({ code: 'drill-overdue' }));
        // A further look of the scheduler begins this one, and no other again.
        await db.query(`update protection_group set policy = 'often' where group_id = 'last'`);
        await rehearsed('last', 1);
        for (const groupId of ['proven', 'unproven']) await rehearsed(groupId, 1);
      },
      5 * MINUTE,
    );
  });

  describe('asked by two at the same moment', () => races(() => ({ bus, db, group, command })));

  describe('runs that somebody else has to approve', () =>
    approvals(new ApprovalBench(() => ({ bus, db, stack, group }))));

  describe('when a group is turned round', () => {
    const away = { groupId: 'away', runId: 'run-turn' };
    const pointsAre = (wanted: Readonly<Record<string, string>>): Promise<true> =>
      until(`points to be ${JSON.stringify(wanted)}`, async () => {
        const { rows } = await db.query<{ id: string; state: string }>(
          `select point_id as id, state || case when former then ', former' else '' end as state from recovery_point where group_id = 'away'`,
        );
        const are = Object.fromEntries(rows.map(({ id, state }) => [id, state]));
        return Object.entries(wanted).every(([id, state]) => are[id] === state) || undefined;
      });

    beforeAll(async () => {
      await group('away', 'failed-over');
      await db.query(
        `update protection_group set held_by = 'run-turn', held_for = 'reprotect', fence_token = 3 where group_id = 'away'`,
      );
      await db.query(
        `insert into recovery_point (point_id, group_id, state, opened_at, requested_at, sealed_at, images, disks)
         values ('looked at', 'away', 'sealed', now(), now(), now(), '[]', '[]')`,
      );
      await db.query(
        `insert into point_pin (run_id, point_id, group_id) values ('run-away', 'point of away', 'away'), ('run-left', 'looked at', 'away')`,
      );
      await db.query(
        `insert into commitment (run_id, group_id, from_site, to_site, committed_at) values ('run-away', 'away', 'alpha', 'beta', now())`,
      );
    });

    it('removes nothing that the group serves by', async () => {
      const asked = { runId: newId(), groupId: 'away', ofRunId: 'run-away', reason: 'test' };
      await db.query(`update protection_group set held_by = null where group_id = 'away'`);
      await expect(ask(bus, RequestCleanup, asked)).rejects.toMatchObject({ code: 'run-serves' });
      await db.query(`update protection_group set held_by = 'run-turn' where group_id = 'away'`);
    });

    it(
      'discards the points of the other direction on both sides, but for those that other runs have pinned, until they let them go',
      async () => {
        await command(ReverseGroup, {
          ...away,
          fenceToken: 3,
          ofRunId: 'run-away',
          primary: 'beta',
          recovery: 'alpha',
          members: { project: true },
          mappings: { flavor: { big: 'large' } },
        });
        await pointsAre({ 'point of away': 'discarding, former', 'looked at': 'sealed, former' });
        const { rows } = await db.query<{ primary: string; state: string; mappings: unknown; reversed: string }>(
          `select primary_site as primary, state, mappings, reversed_by as reversed from protection_group where group_id = 'away'`,
        );
        expect(rows).toEqual([
          { primary: 'beta', state: 'protected', mappings: { flavor: { big: 'large' } }, reversed: 'run-turn' },
        ]);
        await command(UnpinPoint, { groupId: 'away', runId: 'run-left' });
        await pointsAre({ 'looked at': 'discarding, former' });
        const starts = await db.query<{ data: unknown }>(
          `select envelope->'data' as data from run_start where envelope->'data'->>'groupId' = 'away' order by envelope->'data'->>'pointId'`,
        );
        expect(starts.rows.map(({ data }) => data)).toEqual(
          [
            { pointId: 'looked at' },
            // By its images the group goes on.
            { pointId: 'point of away', imagesKeptBy: 'run:run-away' },
          ].map((one) => expect.objectContaining({ ...one, sourceBack: true })),
        );
      },
      5 * MINUTE,
    );

    const letGo = (runId: string): Promise<true> =>
      until(`what ${runId} had made for the first point to be let go`, async () => {
        const { rowCount } = await db.query(
          `select 1 from run_start where envelope->'data'->>'groupId' = 'away' and envelope->'data'->>'pointId' = $1`,
          [runId],
        );
        return rowCount ? true : undefined;
      });

    it(
      'lets go of what was made for the first point of the new direction when one is sealed, or the group is removed',
      async () => {
        await db.query(
          `insert into recovery_point (point_id, group_id, state, opened_at, images, disks) values ('first back', 'away', 'open', now(), '[]', '[]')`,
        );
        await command(SealPoint, { ...SealPoint.sample, groupId: 'away', pointId: 'first back' });
        await letGo('run-turn');
        const { rows } = await db.query(`select reversed_by from protection_group where group_id = 'away'`);
        expect(rows).toEqual([{ reversed_by: null }]);
        await db.query(`update protection_group set held_by = null, reversed_by = 'run-again' where group_id = 'away'`);
        await ask(bus, RemoveGroup, { groupId: 'away' });
        await letGo('run-again');
      },
      5 * MINUTE,
    );
  });
});
