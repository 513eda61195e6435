import { answeredApp } from '../simulated/answered-app.ts';
import type { AnsweredApp } from '../simulated/answered-app.ts';

const PREVIEW = { groupId: 'shop', found: {}, points: [], disks: [], leftOver: [], warnings: [] };

describe('the routes of adoptions', () => {
  let app: AnsweredApp;
  beforeAll(async () => {
    app = await answeredApp({
      'preview-adoption': () => ({ groups: [PREVIEW] }),
      'request-adoption': ({ runId }: { runId: string }) => ({ runId }),
    });
  });
  afterAll(() => app.close());
  beforeEach(() => void app.asked.splice(0));

  const call = (method: string, path: string, body: object): Promise<Response> =>
    fetch(`${app.url}/v1/adoptions${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  it('show what would be adopted, and ask for it by an id of the caller', async () => {
    const from = { place: '/srv/bundles', key: 'PEM' };
    const shown = await call('POST', '/preview', from);
    expect([shown.status, await shown.json()]).toEqual([200, { groups: [PREVIEW] }]);
    const begun = await call('PUT', '/run-1', { ...from, groupId: 'shop', reason: 'lost' });
    expect([begun.status, await begun.json()]).toEqual([202, { runId: 'run-1' }]);
    expect(app.asked).toEqual([
      { name: 'preview-adoption', input: from },
      { name: 'request-adoption', input: { runId: 'run-1', ...from, groupId: 'shop', reason: 'lost' } },
    ]);
  });

  it('refuse a place that is none', async () => {
    const answer = await call('POST', '/preview', { place: 'bundles' });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'request-malformed' }]);
  });

  it('are described', async () => {
    const { paths } = (await (await fetch(`${app.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { summary?: string }>>;
    };
    expect(paths['/v1/adoptions/preview']?.['post']?.summary).toMatch(/\.$/);
    expect(paths['/v1/adoptions/{runId}']?.['put']?.summary).toMatch(/\.$/);
  });
});
