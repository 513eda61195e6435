import { commandFailed, CommitFailover, ReadGroup, RequestFailover, RequestPlannedFailover } from '@lifeboat/contracts';
import type { CommandDef } from '@lifeboat/contracts';
import { asLifeboatError, newId } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { ask } from '@lifeboat/messaging';
import type { Bus } from '@lifeboat/messaging';
import { until } from '@lifeboat/testing';
import type pg from 'pg';

const MINUTE = 60_000;
// A thousand take minutes: LIFEBOAT_RACES=1000 has them all.
const RACES = Number(process.env['LIFEBOAT_RACES'] ?? 100);

interface Bench {
  readonly bus: Bus;
  readonly db: pg.Client;
  group(groupId: string, state: string): Promise<void>;
  command<T>(def: CommandDef<T>, data: T): Promise<void>;
}

/** Two operators want one group, and the one who had it before goes on as if nothing had happened. */
export function races(of: () => Bench): void {
  const raced = { groupId: 'raced', reason: 'spec' };

  /** `undefined` for whom it was given to, else why not. */
  const wants = (run: Promise<unknown>): Promise<LifeboatError | undefined> =>
    run.then(() => undefined, asLifeboatError);
  const race = ({ bus }: Bench, runs: readonly string[]): Promise<readonly (LifeboatError | undefined)[]> =>
    Promise.all(
      runs.map((runId) =>
        wants(
          Math.random() < 0.5
            ? ask(bus, RequestFailover, { ...raced, runId, confirmPrimaryLost: true })
            : ask(bus, RequestPlannedFailover, { ...raced, runId }),
        ),
      ),
    );

  it(
    'time after time, gives the group to one, tells the other who has it, and takes nothing from who had it before',
    async () => {
      const bench = of();
      const { bus, db } = bench;
      await bench.group('raced', 'protected');
      await db.query(`update recovery_point set metadata = 'sha256:00', consistency = '{"level": "crash-per-disk"}'`);
      let refused = 0;
      const nc = await bus.connection();
      nc.subscribe(commandFailed('protection').subject, { callback: () => void (refused += 1) });
      for (let token = 1; token <= RACES; token++) {
        const [one, other] = [newId(), newId()];
        const ends = await race(bench, [one, other]);
        const [winner, loser] = ends[0] ? [other, ends[0]] : [one, ends[1]];
        expect(ends.filter((end) => end === undefined)).toHaveLength(1);
        expect(['run-in-progress', 'group-in-use']).toContain(loser?.code);
        expect(loser?.message).toContain(winner);
        const { rows } = await db.query(
          `update protection_group set held_by = null, held_for = null, state = 'protected'
           where group_id = 'raced' and held_by = $1 and fence_token = $2 returning 1`,
          [winner, token],
        );
        expect(rows).toHaveLength(1);
        await db.query(`delete from run_start where run_id = $1`, [winner]);
        // It was paused beyond its time.
        await bench.command(CommitFailover, { groupId: 'raced', runId: winner, fenceToken: token });
      }
      await until('all that came too late to be refused', async () => (refused >= RACES ? true : undefined));
      const { rows } = await db.query(`select run_id from commitment where group_id = 'raced'`);
      expect(rows).toEqual([]);
      const { group } = await ask(bus, ReadGroup, { groupId: 'raced' });
      expect(group).toMatchObject({ state: 'protected', primary: 'alpha' });
    },
    5 * MINUTE,
  );
}
