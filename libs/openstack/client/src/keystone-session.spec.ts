import { sessionOf } from './keystone-session.ts';
import type { CloudConfig } from './cloud.ts';

const config: CloudConfig = {
  name: 'alpha',
  authUrl: 'https://keystone.example/identity',
  region: 'R1',
  interface: 'public',
  caFile: undefined,
  verify: true,
  auth: { type: 'application-credential', id: 'a', secret: 'sesame' },
};
const endpoint = (url: string, region = 'R1', face = 'public') => ({ interface: face, region, region_id: region, url });

const endpointsFor = (catalog: Record<string, ReturnType<typeof endpoint>[]>, over: Partial<CloudConfig> = {}) => {
  const token = {
    expires_at: '2999-01-01T00:00:00Z',
    user: { id: 'u' },
    project: { id: 'p1', name: 'shop' },
    catalog: Object.entries(catalog).map(([type, endpoints]) => ({ type, endpoints })),
  };
  return Object.fromEntries(sessionOf({ ...config, ...over }, 't', { token }).endpoints);
};

describe('the catalog', () => {
  it.each([
    ['compute', 'https://c.example:8774/v2.1', 'https://c.example:8774/v2.1'],
    ['compute', 'https://c.example/compute', 'https://c.example/compute/v2.1'],
    ['compute', 'https://c.example/v2/p1', 'https://c.example/v2.1'],
    ['image', 'https://i.example:9292', 'https://i.example:9292/v2'],
    ['image', 'https://i.example/image/v2/', 'https://i.example/image/v2'],
    ['network', 'https://n.example:9696/', 'https://n.example:9696/v2.0'],
    ['network', 'https://n.example/v2.0', 'https://n.example/v2.0'],
    ['identity', 'https://k.example/identity', 'https://k.example/identity/v3'],
    ['identity', 'https://k.example/v2.0', 'https://k.example/v3'],
    ['volumev3', 'https://v.example/v3/p1', 'https://v.example/v3/p1'],
    ['block-storage', 'https://v.example/v3', 'https://v.example/v3/p1'],
    ['volume', 'https://v.example/volume', 'https://v.example/volume/v3/p1'],
    ['compute', 'https://v2', 'https://v2/v2.1'],
    ['key-manager', 'https://b.example:9311', 'https://b.example:9311/v1'],
    ['load-balancer', 'https://o.example/load-balancer/v2.0', 'https://o.example/load-balancer/v2'],
    ['dns', 'https://d.example:9001/', 'https://d.example:9001/v2'],
    ['share', 'https://m.example:8786/v1/p1', 'https://m.example:8786/v2/p1'],
    ['sharev2', 'https://m.example:8786/v2', 'https://m.example:8786/v2'],
    ['object-store', 'https://s.example/swift/v1/AUTH_p1', 'https://s.example/swift/v1/AUTH_p1'],
    ['orchestration', 'https://h.example:8004/v1/p1', 'https://h.example:8004/v1/p1'],
  ])('finds the root of %s at %s', (type, url, root) => {
    const service = { volumev3: 'volume', 'block-storage': 'volume', sharev2: 'share' }[type] ?? type;
    expect(endpointsFor({ [type]: [endpoint(url)] })[service]).toBe(root);
  });

  it('prefers the type that says its version when Cinder is named several times', () => {
    const catalog = { volume: [endpoint('https://old/v1/p1')], volumev3: [endpoint('https://new/v3/p1')] };
    expect(endpointsFor(catalog)['volume']).toBe('https://new/v3/p1');
  });

  it('takes no region rather than a wrong one for a service that a cloud need not have', () => {
    const dns = [endpoint('https://a'), endpoint('https://b', 'R2')];
    expect(endpointsFor({ dns }, { region: undefined })['dns']).toBeUndefined();
  });

  it('takes the endpoints of its region and interface', () => {
    const image = [
      endpoint('https://other', 'R2'),
      endpoint('https://inside', 'R1', 'internal'),
      endpoint('https://ours'),
    ];
    expect(endpointsFor({ image })['image']).toBe('https://ours/v2');
    expect(endpointsFor({ image }, { interface: 'internal' })['image']).toBe('https://inside/v2');
  });

  it('says which regions there are when ours is not', () => {
    const image = [endpoint('https://one', 'North'), endpoint('https://two', 'South')];
    expect(() => endpointsFor({ image })).toThrow(/region "R1"; it has them in North, South/);
  });

  it('does not guess among several regions', () => {
    const image = [endpoint('https://one', 'North'), endpoint('https://two', 'South')];
    expect(() => endpointsFor({ image }, { region: undefined })).toThrow(
      expect.objectContaining({ kind: 'invalid-input', code: 'region-needed' }),
    );
  });

  it('finds a Keystone that stands in another region', () => {
    const catalog = { identity: [endpoint('https://shared', 'Global')], image: [endpoint('https://ours')] };
    expect(endpointsFor(catalog)['identity']).toBe('https://keystone.example/identity/v3');
  });

  it('leaves out services that are not there', () => {
    expect(Object.keys(endpointsFor({ image: [endpoint('https://i')] }))).toEqual(['image', 'identity']);
  });
});
