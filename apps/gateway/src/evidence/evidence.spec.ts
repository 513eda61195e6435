import type { Evidence } from '@lifeboat/contracts';
import { evidenceCsv } from './evidence-csv.ts';
import { evidenceHtml } from './evidence-html.ts';

const evidence: Evidence = {
  sequence: 7,
  recordedAt: '2026-01-01T00:01:00.000Z',
  before: 'aa',
  digest: 'bb',
  record: {
    run: {
      runId: 'run-1',
      kind: 'failover',
      groupId: 'shop',
      outcome: 'completed',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:50.000Z',
      version: 3,
      reason: 'fire <in> "room 1"',
    },
    request: {
      by: 'bert',
      at: '2025-12-31T23:50:00.000Z',
      policy: { name: 'gold', setBy: 'carl', setAt: '2025-06-01T00:00:00.000Z' },
      approval: {
        lapsesAt: '2026-01-01T00:50:00.000Z',
        decided: { how: 'approved', at: '2026-01-01T00:00:00.000Z', by: 'anna', reason: 'seen, "it" burns' },
      },
    },
    acts: [{ at: '2026-01-01T00:00:49.000Z', action: 'commit', by: '=cmd|x, "ops"' }],
    rpo: { target: 60, reached: 3 },
    rto: { reached: 42 },
    steps: [
      {
        name: 'lock group',
        state: 'done',
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: '2026-01-01T00:00:01.000Z',
        attempts: 1,
        pivot: false,
      },
    ],
    probes: [{ server: 'db-1', probe: 'tcp 5432', outcome: 'passed', at: '2026-01-01T00:00:40.000Z' }],
    warnings: [],
    left: [],
  },
};

describe('the evidence of a run', () => {
  it('is a page that stands alone and quotes what it was told', () => {
    const html = evidenceHtml(evidence);
    expect(html).toContain('fire &lt;in&gt; &quot;room 1&quot;');
    expect(html).not.toContain('<in>');
    expect(html).toContain('3.0 s</b>RPO reached (wanted: 60 s)');
    expect(html).toContain('42.0 s</b>RTO reached<');
    expect(html).toContain('tcp 5432');
    expect(html).toContain('bb');
    expect(html).not.toMatch(/src=|href=/);
  });

  it('says who asked for it, who approved it and why, and whose policy wanted that', () => {
    const html = evidenceHtml(evidence);
    expect(html).toContain('to be approved by 2026-01-01T00:50:00.000Z, by policy gold, as set by carl at 2025-06-01');
    expect(html).toMatch(/approved<.*anna<.*seen, &quot;it&quot; burns/);
    const { approval: _none, ...request } = evidence.record.request ?? { at: '', policy: { name: '' } };
    expect(evidenceHtml({ ...evidence, record: { ...evidence.record, request } })).toContain('no approval is wanted');
  });

  it('is a table with a line for the run, who asked for it and who approved it, each step and each word, harmless in a spreadsheet', () => {
    const lines = evidenceCsv(evidence).split('\r\n');
    expect(lines).toHaveLength(8);
    expect(lines[1]).toBe(
      '7,run-1,failover,shop,completed,run,,completed,2026-01-01T00:00:00.000Z,2026-01-01T00:00:50.000Z,,,,"fire <in> ""room 1"""',
    );
    expect(lines[2]).toContain(',request,gold,,2025-12-31T23:50:00.000Z,,,bert,');
    expect(lines[3]).toContain(',approval,,approved,,2026-01-01T00:00:00.000Z,,anna,,"seen, ""it"" burns"');
    expect(lines[4]).toContain(',step,lock group,done,');
    expect(lines[5]).toContain(',probe,tcp 5432 of db-1,passed,');
    expect(lines[6]).toContain(`,act,commit,,2026-01-01T00:00:49.000Z,,,"'=cmd|x, ""ops""",`);
  });
});
