import { playSwift } from '../simulated/played-swift.ts';
import type { PlayedSwift } from '../simulated/played-swift.ts';
import { placeOf } from './place.ts';

describe('a container of an object store as the place of bundles', () => {
  let swift: PlayedSwift;
  beforeAll(async () => {
    swift = await playSwift();
  });
  afterAll(() => swift.stop());

  const files = ['calls.json', 'manifest.json'].map((name) => ({ name, bytes: Buffer.from(name) }));

  it('is made where it is missing, and holds, lists and forgets bundles', async () => {
    const place = placeOf('swift:runbooks', swift.cloud);
    await place.write('shop', 'one', files);
    await place.write('shop', 'two', files);
    await place.write('shop-2', 'three', files);
    expect(swift.objects.get('runbooks/shop/one/calls.json')).toBe('calls.json');
    expect(await place.names('shop')).toEqual(['one', 'two']);
    expect((await place.groups()).toSorted()).toEqual(['shop', 'shop-2']);
    expect(Object.fromEntries(await place.read('shop', 'one'))).toEqual({
      'calls.json': Buffer.from('calls.json'),
      'manifest.json': Buffer.from('manifest.json'),
    });
    await place.remove('shop', 'one');
    await place.remove('shop', 'one');
    expect(await place.names('shop')).toEqual(['two']);
    expect([...swift.objects.keys()].toSorted()).toEqual([
      'runbooks/shop-2/three/calls.json',
      'runbooks/shop-2/three/manifest.json',
      'runbooks/shop/two/calls.json',
      'runbooks/shop/two/manifest.json',
    ]);
  });

  it('has no bundle that was cut off before its manifest, and is rid of it with the next', async () => {
    const place = placeOf('swift:runbooks', swift.cloud);
    await place.write('cut', 'half', files.slice(0, -1));
    expect(await place.names('cut')).toEqual([]);
    await place.write('cut', 'whole', files);
    expect(await place.names('cut')).toEqual(['whole']);
    expect([...swift.objects.keys()].filter((name) => name.includes('half'))).toEqual([]);
  });
});
