import { reportHtml } from './html.ts';
import { problemsOf } from './report.ts';
import type { Report, VolumeComparison } from './report.ts';

const run = {
  runId: 'run-1',
  kind: 'failover' as const,
  groupId: 'shop',
  outcome: 'completed' as const,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:10.000Z',
  version: 1,
  state: {},
  acts: [],
  left: [],
  steps: [
    {
      name: 'lock <group>',
      state: 'done' as const,
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:01.000Z',
      attempts: 1,
      pivot: false,
    },
  ],
};
const totals = { compared: 10, carried: 8, mapped: 1, dropped: 1, unexplained: 0 };
const good: Omit<Report, 'problems'> = {
  title: 'Demo',
  startedAt: '2026-01-01T00:00:00.000Z',
  clouds: 'simulated',
  as: 'admin',
  rpoSeconds: 3,
  rtoSeconds: 10,
  volumes: { compared: 3, equal: 3, bytes: 30, details: [] },
  fields: totals,
  orphans: 0,
  doubles: 0,
  traceId: 'abc',
  runs: [run],
  receipt: { runId: 'run-1', comparedAt: '2026-01-01T00:00:10.000Z', totals, entities: [], orphans: [], doubles: [] },
  guest: { writtenBeforePoint: 6, writtenBeforeLoss: 9, resumedAt: 7 },
  primaryCalls: 0,
  warnings: [],
  spans: [],
};

const other: VolumeComparison = {
  name: 'db-1-data (volume)',
  sourceId: 'here',
  targetId: 'there',
  driver: 'cinder-backup',
  bytes: 4096,
  equal: false,
  how: 'byte by byte',
};

describe('report', () => {
  it('is satisfied only when every byte and field is accounted for', () => {
    expect(problemsOf(good)).toEqual([]);
    expect(problemsOf({ ...good, volumes: { ...good.volumes, equal: 2, details: [other] } })).toEqual([
      'db-1-data (volume), carried by cinder-backup, is not proven equal: byte by byte; equal up to byte 4096',
    ]);
    expect(problemsOf({ ...good, fields: { ...totals, unexplained: 2 } })).toEqual([
      '2 fields differ without a reason',
    ]);
    expect(problemsOf({ ...good, orphans: 1, doubles: 1, primaryCalls: 1 })).toHaveLength(3);
    expect(problemsOf({ ...good, runs: [{ ...run, outcome: 'undone' }] })).toEqual(['failover run-1 ended undone']);
  });

  it('does not call a demo that compared nothing a success', () => {
    expect(
      problemsOf({ ...good, volumes: { ...good.volumes, compared: 0, equal: 0 }, fields: { ...totals, compared: 0 } }),
    ).toEqual(['no volume was compared', 'no field was compared']);
  });

  it('escapes what clouds call their things', () => {
    const html = reportHtml({ ...good, problems: [] });
    expect(html).toContain('lock &lt;group&gt;');
    expect(html).not.toContain('<group>');
  });
});
