import { parse } from 'yaml';
import { CompiledShop } from '../../simulated/compiled-shop.ts';
import { HOT_TYPES } from './hot-types.ts';
import { hotTemplate } from './template.ts';
import type { Hot } from './template.ts';

interface Document {
  readonly resources: Readonly<
    Record<string, { readonly type: string; readonly depends_on?: readonly string[]; readonly properties: object }>
  >;
}

describe('the Heat template', () => {
  let shop: CompiledShop;
  let hot: Hot;
  let document: Document;
  const wave = (name: string, id: string) => ({
    name,
    servers: [{ id, name }],
    before: [],
    probes: [],
    after: [],
  });
  const of = (type: string) => Object.entries(document.resources).filter(([, one]) => one.type === type);

  beforeAll(async () => {
    shop = await CompiledShop.start();
    const { db1, web1, web2 } = shop.shop.servers;
    const compiled = await shop.compile([wave('data', db1), wave('web', web1), wave('last', web2)]);
    hot = hotTemplate(compiled, 'Shop');
    document = parse(hot.text) as Document;
  });
  afterAll(() => shop.stop());

  it('has what a failover makes, once each', () => {
    const count = (type: string) => of(type).length;
    expect(
      Object.fromEntries(
        [...new Set(Object.values(HOT_TYPES).map(({ type }) => type))].map((type) => [type, count(type)]),
      ),
    ).toMatchObject({
      'OS::Nova::Server': 3,
      'OS::Cinder::Volume': 3,
      'OS::Neutron::Net': 1,
      'OS::Neutron::Subnet': 1,
      'OS::Neutron::Router': 1,
      'OS::Neutron::FloatingIP': 1,
      'OS::Neutron::SecurityGroup': 3,
      'OS::Nova::KeyPair': 1,
      'OS::Nova::ServerGroup': 1,
      // Five of the servers' and the virtual address's, one that joins the router.
      'OS::Neutron::Port': 6,
    });
    expect(of('OS::Neutron::RouterInterface')).toHaveLength(1);
  });

  it('refers to resources that are in it, and to nothing that only a script knows', () => {
    expect(hot.text).not.toContain('${');
    const named = [...hot.text.matchAll(/get_resource: (\S+)/g)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !(name in document.resources))).toEqual([]);
    for (const { depends_on: depends = [] } of Object.values(document.resources))
      expect(depends.filter((name) => !(name in document.resources))).toEqual([]);
  });

  it('refers to the key it makes: one that is only named is looked for before any is made', () => {
    const keys = of('OS::Nova::Server').map(([, { properties }]) => (properties as { key_name?: unknown }).key_name);
    const [key] = of('OS::Nova::KeyPair').map(([name]) => name);
    expect(keys).toEqual(keys.map(() => ({ get_resource: key })));
  });

  it('starts the servers of a wave after those of the one before', () => {
    const servers = of('OS::Nova::Server').map(([name, { depends_on: depends = [] }]) => [
      name,
      depends.filter((one) => one.startsWith('server_') && !one.startsWith('server_group')),
    ]);
    const [first, second, third] = servers.map(([name]) => name);
    expect(servers).toEqual([
      [first, []],
      [second, [first]],
      [third, [second]],
    ]);
  });

  it('bears no mark of a run, and says what Heat cannot be told', () => {
    expect(hot.text).not.toMatch(/lifeboat[_:-]/);
    expect(hot.unsaid.some((one) => one.includes('bootable'))).toBe(true);
  });
});
