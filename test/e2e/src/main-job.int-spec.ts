import { play, Progress } from '@lifeboat/demo';
import { until } from '@lifeboat/testing';
import type { SpanLine } from '@lifeboat/telemetry';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { world } from './journeys.ts';
import type { World } from './journeys.ts';

describe("the main job with a tenant member's rights on both sides", () => {
  let at: World;
  beforeAll(async () => {
    at = await world('member');
  }, 120_000);
  afterAll(() => at.close());

  it('recovers every byte, says what it could not see, and never calls the lost primary', async () => {
    let protection = '';
    const beforeLoss = async (): Promise<void> => {
      protection = await until('the RPO lag to be measured', async () => {
        const said = await at.stack.process('protection').metrics();
        return /lifeboat_rpo_lag_seconds\{group="shop"\} \d/.test(said) ? said : undefined;
      });
    };
    const report = await play({ ...at, as: 'member', progress: new Progress(5), beforeLoss });
    expect(report.problems).toEqual([]);
    expect(lagIn(protection)).toBeLessThan(60);
    expect(report.volumes).toMatchObject({ compared: 4, equal: 4 });
    expect(report.primaryCalls).toBe(0);
    // Nova shows user data to admins only: said before the run, and after it, for each of the three servers.
    const dropped = report.receipt.entities.flatMap((e) =>
      e.fields.filter((f) => f.outcome === 'dropped').map((f) => `${e.kind}.${f.field}`),
    );
    expect(dropped.toSorted()).toEqual([
      'server.user_data',
      'server.user_data',
      'server.user_data',
      'volume-type.extra_specs',
    ]);
    expect(report.warnings.filter((w) => w.code === 'field-unseen')).toHaveLength(4);
  }, 180_000);

  it('measures queues, steps, handlers and calls, under their names', async () => {
    const metrics = async (service: Parameters<typeof at.stack.process>[0]) => at.stack.process(service).metrics();
    expect(await metrics('saga')).toContain('lifeboat_queue_depth{service="saga",queue="work"}');
    expect(await metrics('saga')).toContain('lifeboat_step_seconds_count{saga="failover",step="commit failover"');
    expect(await metrics('recovery-execution')).toContain(
      'lifeboat_openstack_call_seconds_count{site="beta",service="compute",method="POST"}',
    );
  });

  it('is one trace, from the request through every service to the SQL and the calls at the cloud', async () => {
    const [failover] = await at.api.runs.list({ groupId: 'shop', limit: 1 });
    const spans = spansIn(at.stack.tracesDir, failover?.traceId ?? 'none');
    expect([...new Set(spans.map((span) => span.service))].sort()).toEqual([
      'data-replication',
      'data-worker',
      'gateway',
      'metadata-capture',
      'protection',
      'recovery-execution',
      'saga',
    ]);
    const known = new Set(spans.map((span) => span.spanId));
    const adrift = spans.filter((span) => span.parentId !== undefined && !known.has(span.parentId));
    // Only what the client itself opened, which writes no spans here, is not among them.
    expect([...new Set(adrift.map((span) => span.service))]).toEqual(['gateway']);
    expect(spans.some((span) => span.name.startsWith('pg.query'))).toBe(true);
    const creates = spans.filter((span) => span.name === 'compute POST /servers');
    expect(creates).toHaveLength(3);
    for (const span of creates) expect(span.attributes['openstack.request_id']).toMatch(/^req-/);
  });
});

const lagIn = (metrics: string): number => Number(/lifeboat_rpo_lag_seconds\{group="shop"\} (\S+)/.exec(metrics)?.[1]);

const spansIn = (dir: string, traceId: string): readonly SpanLine[] =>
  readdirSync(dir)
    .flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n'))
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as SpanLine)
    .filter((span) => span.traceId === traceId);
