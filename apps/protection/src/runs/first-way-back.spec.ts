import type { DiskReplica } from '@lifeboat/contracts';
import { firstWayBack } from './first-way-back.ts';

const replica = { disk: { kind: 'volume', name: 'data', sizeGiB: 2 }, driver: 'block-stream' } as DiskReplica;

describe('the first point of the way back', () => {
  it('sends all of a disk, and says why', () => {
    expect(firstWayBack(replica)).toEqual({
      kind: 'volume',
      name: 'data',
      driver: 'block-stream',
      copy: 'full',
      why: 'block-stream has no point of it at the other site to build on',
      bytes: 2 * 1024 ** 3,
    });
  });

  it.each(['application', 'nothing'] as const)('sends no bytes of a disk whose driver carries %s', (carries) => {
    expect(firstWayBack({ ...replica, carries })).toMatchObject({ copy: 'nothing', bytes: 0 });
  });
});
