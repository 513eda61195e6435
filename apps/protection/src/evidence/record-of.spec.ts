import { EvidenceRecord } from '@lifeboat/contracts';
import type { Receipt, RunDetail } from '@lifeboat/contracts';
import { recordOf } from './record-of.ts';

const step = (name: string, endedAt: string, state: 'done' | 'undone' = 'done') => ({
  name,
  state,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt,
  attempts: 1,
  pivot: false,
});
const run: RunDetail = {
  runId: 'run-1',
  kind: 'failover',
  groupId: 'shop',
  outcome: 'completed',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T01:00:00.000Z',
  version: 3,
  acts: [{ at: '2026-01-01T00:59:00.000Z', action: 'commit', by: 'ops' }],
  steps: [step('verify workload', '2026-01-01T00:00:42.000Z'), step('commit failover', '2026-01-01T01:00:00.000Z')],
  left: [],
  state: {
    reason: 'fire',
    point: 'pnt-1',
    rpoSeconds: 3,
    warnings: [],
    primary: 'alpha',
    recovery: 'beta',
    plan: { name: 'shop', version: 2 },
    'probe wave "data"': {
      probes: [{ server: 'db-1', probe: 'tcp 5432', outcome: 'passed', at: '2026-01-01T00:00:20.000Z' }],
    },
    copies: ['c'],
    switched: [
      {
        switch: 'command announce',
        outcome: 'failed',
        at: '2026-01-01T01:00:00.000Z',
        said: 'no',
        mend: 'Ask it why.',
      },
    ],
  },
};
const receipt: Receipt = {
  runId: 'run-1',
  comparedAt: '2026-01-01T00:00:42.000Z',
  totals: { compared: 2, carried: 1, mapped: 1, dropped: 0, unexplained: 0 },
  entities: [{ kind: 'server', name: 'web', sourceId: 's', fields: [] }],
  orphans: [],
  doubles: [],
};

const wanted = { rpoSeconds: undefined, rtoSeconds: undefined };

describe('the record of a run', () => {
  it('says who did what, what was wanted and what was reached; a person’s look does not count as recovery time', () => {
    const record = recordOf(run, receipt, { rpoSeconds: 60, rtoSeconds: 30 });
    expect(record).toMatchObject({
      run: { runId: 'run-1', kind: 'failover', version: 3, reason: 'fire', outcome: 'completed' },
      acts: [{ action: 'commit', by: 'ops' }],
      point: 'pnt-1',
      plan: { name: 'shop', version: 2 },
      traffic: [{ switch: 'command announce', outcome: 'failed', said: 'no', mend: 'Ask it why.' }],
      probes: [{ server: 'db-1', probe: 'tcp 5432', outcome: 'passed' }],
      rpo: { target: 60, reached: 3 },
      rto: { target: 30, reached: 42 },
      receipt: { totals: receipt.totals, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
    expect(EvidenceRecord.parse(record)).toEqual(record);
    expect(JSON.stringify(record)).not.toContain('copies');
  });

  it('says who asked for it and who approved it, as the run was begun with', () => {
    const request = {
      by: 'bert',
      at: '2025-12-31T23:50:00.000Z',
      policy: { name: 'gold' },
      approval: {
        lapsesAt: '2026-01-01T00:50:00.000Z',
        decided: { how: 'approved' as const, at: run.startedAt, by: 'anna', reason: 'seen' },
      },
    };
    const record = recordOf({ ...run, state: { ...run.state, request } }, receipt, wanted);
    expect(record.request).toEqual(request);
    expect(EvidenceRecord.parse(record)).toEqual(record);
    expect(recordOf(run, receipt, wanted)).not.toHaveProperty('request');
  });

  it('claims nothing that did not happen', () => {
    const undone = {
      ...run,
      outcome: 'undone' as const,
      state: {},
      steps: [step('verify workload', run.startedAt, 'undone')],
    };
    const record = recordOf(undone, undefined, wanted);
    expect(record).toMatchObject({ rpo: {}, rto: {} });
    expect(record).not.toHaveProperty('receipt');
    expect(record).not.toHaveProperty('removal');
  });
});
