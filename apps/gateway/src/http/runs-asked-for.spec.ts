import type { RunSummary } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { answeredApp } from '../simulated/answered-app.ts';
import type { AnsweredApp } from '../simulated/answered-app.ts';

const run = (runId: string, outcome: RunSummary['outcome'], startedAt: string): RunSummary => ({
  runId,
  kind: 'failover',
  groupId: 'shop',
  outcome,
  startedAt,
});
const BEGUN = [run('late', 'running', '2026-01-03T00:00:00Z'), run('early', 'completed', '2026-01-01T00:00:00Z')];
const WAITING = run('waiting', 'awaiting-approval', '2026-01-02T00:00:00Z');

const unknown = (runId: string) => notFound('run-not-found', `There is no run "${runId}".`);

/** What the services would answer, by the name of the request. */
const ANSWERS: Readonly<Record<string, (input: { runId: string }) => object>> = {
  'list-runs': () => ({ runs: BEGUN }),
  'list-run-requests': () => ({ runs: [WAITING] }),
  'read-run': ({ runId }) => {
    if (runId !== 'late') throw unknown(runId);
    return { run: BEGUN[0] };
  },
  'read-run-request': ({ runId }) => (runId === 'waiting' ? { run: WAITING } : {}),
  'steer-run': ({ runId }) => {
    throw unknown(runId);
  },
  'approve-run': ({ runId }) => ({ runId }),
  'refuse-run': ({ runId }) => ({ runId }),
};

describe('runs that were asked for', () => {
  let app: AnsweredApp;

  beforeAll(async () => {
    app = await answeredApp(ANSWERS);
  });
  afterAll(() => app.close());
  beforeEach(() => void app.asked.splice(0));

  const get = async (path: string): Promise<unknown> => (await fetch(`${app.url}/v1/runs${path}`)).json();
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${app.url}/v1/runs${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as { code?: string; mend?: string } };
  };

  it('are listed with those that have begun, newest first, no more than were asked for', async () => {
    const ids = async (path: string) => ((await get(path)) as { runs: RunSummary[] }).runs.map(({ runId }) => runId);
    expect(await ids('')).toEqual(['late', 'waiting', 'early']);
    expect(await ids('?groupId=shop&limit=2')).toEqual(['late', 'waiting']);
    expect(app.asked.at(-1)?.input).toEqual({ groupId: 'shop', limit: 2 });
  });

  it('are read as any run, and one that nobody knows is not found', async () => {
    expect(await get('/late')).toEqual(BEGUN[0]);
    expect(await get('/waiting')).toEqual(WAITING);
    expect(await get('/none')).toMatchObject({ code: 'run-not-found', status: 404 });
  });

  it('are approved and refused with a name and a reason', async () => {
    const said = { by: 'anna', reason: 'seen' };
    expect((await post('/waiting/approve', said)).status).toBe(202);
    expect((await post('/waiting/refuse', said)).status).toBe(200);
    expect(app.asked).toEqual([
      { name: 'approve-run', input: { runId: 'waiting', ...said } },
      { name: 'refuse-run', input: { runId: 'waiting', ...said } },
    ]);
    for (const lacking of [{ by: 'anna' }, { reason: 'seen' }, { by: ' ', reason: 'seen' }])
      expect(await post('/waiting/approve', lacking)).toMatchObject({
        status: 400,
        body: { code: 'request-malformed' },
      });
  });

  it('go by no word of a run that has begun, and it is said which they go by', async () => {
    const steered = (runId: string) => post(`/${runId}/actions`, { action: 'abort', by: 'bert' });
    expect(await steered('waiting')).toMatchObject({
      status: 409,
      body: { code: 'run-not-begun', mend: expect.stringContaining('run refuse waiting') },
    });
    expect(await steered('none')).toMatchObject({ status: 404, body: { code: 'run-not-found' } });
  });
});
