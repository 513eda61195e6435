import { CompiledShop } from '../simulated/compiled-shop.ts';
import type { Compiled } from './compile.ts';
import { referencesIn } from './references.ts';

describe('a recovery that is compiled', () => {
  let shop: CompiledShop;
  let compiled: Compiled;
  let before: string;
  const writes = () => shop.there.requests().filter(({ method }) => !['GET', 'HEAD'].includes(method));

  beforeAll(async () => {
    shop = await CompiledShop.start();
    before = JSON.stringify(await shop.there.inventory());
    compiled = await shop.compile();
  });
  afterAll(() => shop.stop());

  it('writes nothing to the target', async () => {
    expect(writes().filter(({ path }) => !path.includes('/auth/tokens'))).toEqual([]);
    expect(JSON.stringify(await shop.there.inventory())).toBe(before);
  });

  it('refers to earlier calls alone, and keeps of their answers what is referred to', () => {
    for (const call of compiled.script.calls)
      for (const { n, field } of referencesIn([call.path, call.body, call.unless, call.each])) {
        expect(n).toBeLessThan(call.n);
        expect(compiled.script.calls[n - 1]?.keeps).toContain(field);
      }
  });

  it('makes everything that a failover makes, each once, and says how it is found again', () => {
    const makes = compiled.script.calls.filter(({ makes: made }) => made).map(({ of }) => of.kind);
    const count = (kind: string) => makes.filter((one) => one === kind).length;
    expect({
      server: count('server'),
      volume: count('volume'),
      port: count('port'),
      network: count('network'),
      'floating-ip': count('floating-ip'),
      keypair: count('keypair'),
      'server-group': count('server-group'),
    }).toEqual({ server: 3, volume: 3, port: 5, network: 1, 'floating-ip': 1, keypair: 1, 'server-group': 1 });
    const made = compiled.script.stands.filter(({ how }) => how === 'created');
    for (const { kind, id } of made)
      expect(
        compiled.script.calls.filter(({ of, makes: one }) => one && of.kind === kind && of.id === id),
      ).toHaveLength(1);
  });

  it('waits for what the engine waits for', () => {
    const server = compiled.script.calls.find(({ of, makes }) => of.kind === 'server' && makes);
    expect(server?.wait).toEqual({
      path: `/servers/\${${server?.n}.server.id}`,
      field: 'server.status',
      until: ['ACTIVE', 'SHUTOFF'],
      fail: ['ERROR'],
    });
  });

  it('unsets of a volume that is made of an image nothing but what Cinder takes over of that', async () => {
    const { images } = await shop.target.image.get<{ images: readonly { id: string; name: string }[] }>('/images');
    const imageRef = images.find(({ name }) => name === 'guest')?.id ?? '';
    const { script } = await shop.compile([], shop.blankRecipes(imageRef));
    const sentTo = (volume: number) =>
      script.calls.filter(({ path }) => path === `/volumes/\${${volume}.volume.id}/action`);
    const volumes = script.calls.filter(({ makes, of }) => makes && of.kind === 'volume');
    expect(volumes).toHaveLength(3);
    const { volume: real } = await shop.target.volume.post<{ volume: { id: string } }>('/volumes', {
      volume: { size: 1, imageRef },
    });
    const { metadata } = await shop.target.volume.post<{ metadata: object }>(`/volumes/${real.id}/action`, {
      'os-show_image_metadata': {},
    });
    const unset = volumes
      .flatMap(({ n }) => sentTo(n))
      .flatMap(({ body }) => {
        const key = (body as { 'os-unset_image_metadata'?: { key: string } })['os-unset_image_metadata']?.key;
        return key === undefined ? [] : [key];
      });
    expect(Object.keys(metadata)).toEqual(expect.arrayContaining(unset));
  });
});
