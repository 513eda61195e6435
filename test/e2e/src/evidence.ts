import { chainFaults } from '@lifeboat/contracts';
import { digestOf } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import pg from 'pg';
import type { ProtectedShop } from './shop-group.ts';

/** Of all that ran before. */
export function evidenceOfRuns(of: () => ProtectedShop): void {
  it('has every run once, in a chain that holds, with what its receipt can be known by', async () => {
    const { api } = of();
    const ended = (await api.runs.list({ limit: 500 })).filter(
      ({ kind }) => !['protect', 'discard', 'stage', 'unstage'].includes(kind),
    );
    const chain = await until('all to be recorded', async () => {
      const found = await api.evidence.list();
      return found.length >= ended.length ? found : undefined;
    });
    const recorded = chain.map(({ record }) => record.run.runId);
    expect(recorded.toSorted()).toEqual(ended.map(({ runId }) => runId).toSorted());
    expect(chainFaults(chain)).toEqual([]);

    const committed = chain.find(({ record }) => record.run.outcome === 'completed' && record.run.kind !== 'drill');
    const record = committed?.record;
    expect(record).toMatchObject({
      request: { by: 'bert', approval: { decided: { how: 'approved', by: 'anna', reason: 'agreed' } } },
      acts: [{ action: 'commit', by: 'test', at: expect.any(String) }],
      rto: { reached: expect.any(Number) },
      receipt: { totals: { unexplained: 0 } },
    });
    const runId = record?.run.runId ?? '';
    expect(digestOf(await api.runs.receipt(runId))).toBe(record?.receipt?.digest);
    const drill = chain.find(({ record: one }) => one.run.kind === 'drill' && one.run.outcome === 'completed');
    expect(drill?.record.removal).toMatchObject({ leaks: [] });
    expect(JSON.parse(await api.evidence.of(runId, 'json'))).toEqual(committed);
    expect(await api.evidence.of(runId, 'html')).toContain(committed?.digest);
    const csv = await api.evidence.of(runId, 'csv');
    expect(csv).toContain('commit failover');
    expect(csv).toMatch(/,approval,.*anna.*agreed/);
  });

  it('cannot be changed, not even in the database', async () => {
    const db = new pg.Client({ connectionString: of().stack.databaseUrl });
    await db.connect();
    for (const change of ['delete from protection.evidence', `update protection.evidence set record = '{}'`])
      await expect(db.query(change)).rejects.toThrow('evidence is only added to');
    await db.end();
  });
}
