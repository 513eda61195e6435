import type { ReprotectDisk } from '@lifeboat/contracts';
import { answered } from './answered.ts';

const disk: ReprotectDisk = {
  kind: 'volume',
  name: 'data',
  driver: 'blocks',
  copy: 'deltas',
  why: 'what differs',
  bytes: 5,
};
const application: ReprotectDisk = { ...disk, copy: 'nothing', bytes: 0 };
const done = (result: object) => ({ state: 'done', result: result as never, error: null }) as const;
const error = {
  kind: 'invalid-input',
  code: 'hook-not-configured',
  message: 'No such hook.',
  mend: 'Name one.',
} as const;
const failed = { state: 'failed', result: null, error } as const;

describe('a disk whose driver was asked to turn it round', () => {
  it('sends what was expected of it when the driver has', () => {
    expect(answered(disk, done({ full: false }))).toEqual(disk);
  });

  it('is copied whole when the driver says so, fails, or is not done, with the reason', () => {
    expect(answered(disk, done({ full: true, why: 'It has grown.' }))).toEqual({
      ...disk,
      copy: 'full',
      why: 'It has grown.',
    });
    expect(answered(disk, failed)).toMatchObject({ copy: 'full', why: 'No such hook. Name one.' });
    expect(answered(disk, { state: 'asked', result: null, error: null })).toMatchObject({
      copy: 'full',
      why: 'blocks was not done in time.',
    });
  });

  it('of an application sends nothing in any case, and tells people when it was not turned round', () => {
    expect(answered(application, failed)).toMatchObject({
      copy: 'nothing',
      why: 'its application was not turned round: No such hook. Name one.',
    });
  });
});
