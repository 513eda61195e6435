import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;
const latest = { microversion: '2.93' };
const servers = '/compute/v2.1/servers';

describe('the played Nova', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  beforeEach(async () => {
    cloud = await startSpecCloud();
    demo = await login(cloud.url);
  });
  afterEach(() => cloud.stop());

  const idOf = async (path: string, key: string, name: string): Promise<string> =>
    ((await demo.get(path)).body[key] as { id: string; name: string }[]).find((one) => one.name === name)?.id ?? '';
  const act = async (id: string, action: Json): Promise<number> =>
    (await demo.post(`${servers}/${id}/action`, action, latest)).status;
  const became = (id: string, status: string): Promise<Json> =>
    demo.until(`${servers}/${id}`, 'server', (one) => one['status'] === status, latest);

  it('resizes: the new flavor stands until it is confirmed, or the old one again', async () => {
    const [tiny, small] = await Promise.all(
      ['tiny', 'small'].map((name) => idOf('/compute/v2.1/flavors', 'flavors', name)),
    );
    const imageRef = await idOf('/image/v2/images', 'images', 'guest');
    const made = await demo.post(
      servers,
      { server: { name: 'web', flavorRef: tiny, imageRef, networks: 'none' } },
      latest,
    );
    const { id } = made.body['server'] as { id: string };
    await became(id, 'ACTIVE');
    const flavorNow = async (): Promise<unknown> =>
      ((await demo.get(`${servers}/${id}`, latest)).body['server'] as { flavor: Json }).flavor['original_name'];
    expect(await act(id, { resize: { flavorRef: tiny } })).toBe(400);
    expect(await act(id, { resize: { flavorRef: 'none' } })).toBe(400);
    expect(await act(id, { confirmResize: null })).toBe(409);
    expect(await act(id, { resize: { flavorRef: small } })).toBe(202);
    await became(id, 'VERIFY_RESIZE');
    expect(await flavorNow()).toBe('small');
    expect(await act(id, { revertResize: null })).toBe(202);
    await became(id, 'ACTIVE');
    expect(await flavorNow()).toBe('tiny');
    await act(id, { resize: { flavorRef: small } });
    await became(id, 'VERIFY_RESIZE');
    expect(await act(id, { confirmResize: null })).toBe(204);
    expect(await flavorNow()).toBe('small');
  });
});
