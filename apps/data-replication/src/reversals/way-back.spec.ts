import type { ReplicationDriver } from '@lifeboat/replication-driver-api';
import type { DiskCopyRow } from '../copies/copies.ts';
import { nothingStands, wayBackOf } from './way-back.ts';
import type { Standing } from './way-back.ts';

const GIB = 1024 ** 3;
const row = {
  disk: { kind: 'volume', id: 'there', name: 'data', sizeGiB: 2 },
  driver: 'blocks',
  made: { kind: 'volume', volumeId: 'here' },
} as DiskCopyRow;
const driver = (can: object, verbs: object = { reverse: () => undefined }) =>
  ({
    name: 'blocks',
    can: { carries: 'bytes', incremental: true, rollback: 'copies', reverses: 'copies', ...can },
    ...verbs,
  }) as unknown as ReplicationDriver;
const stand = (there: readonly [string, number][], here: readonly [string, number][] = [['here', 3]]): Standing => ({
  source: new Map(there),
  target: new Map(here),
});
const both = stand([['there', 2]]);

describe('the first point of the way back', () => {
  it('sends what differs where the original stands and the driver begins with it: at most all of what serves', () => {
    expect(wayBackOf(row, driver({}), both)).toEqual({
      kind: 'volume',
      name: 'data',
      driver: 'blocks',
      copy: 'deltas',
      why: expect.stringContaining('original'),
      bytes: 3 * GIB,
    });
  });

  it.each([
    ['the original is gone', driver({}), stand([]), 'its original does not stand there any more'],
    ['what served is gone', driver({}), stand([['there', 2]], []), 'what the run had made of it'],
    ['the original has grown', driver({}), stand([['there', 4]]), 'its original has 4 GiB by now, and what serves 3'],
    ['nobody could look', driver({}), nothingStands('alpha cannot be reached.'), 'alpha cannot be reached.'],
    ['the driver turns only what was promoted', driver({ reverses: undefined }), both, 'has no point of it'],
    ['the driver turns nothing', driver({}, {}), both, 'has no point of it'],
    ['the driver knows no differences', driver({ incremental: false }), both, 'sends a whole disk every time'],
    ['the driver is gone', undefined, both, 'there is no driver blocks any more'],
  ])('sends all of a disk where %s, and says so', (_when, by, standing, why) => {
    expect(wayBackOf(row, by, standing)).toMatchObject({ copy: 'full', why: expect.stringContaining(why) });
  });

  it('leaves to the driver what it had promoted', () => {
    expect(wayBackOf(row, driver({ rollback: 'none', reverses: undefined }), stand([]))).toMatchObject({
      copy: 'deltas',
      why: 'blocks turns round what it promoted',
    });
  });

  it('sends no bytes of a disk whose application carries them, or nobody', () => {
    const application = { carries: 'application', rollback: 'none' };
    expect(wayBackOf(row, driver(application), both)).toMatchObject({ copy: 'nothing', bytes: 0 });
    expect(wayBackOf(row, driver(application, {}), both).why).toContain('by its own means');
    expect(wayBackOf(row, driver({ carries: 'nothing' }, {}), both).copy).toBe('nothing');
  });
});
