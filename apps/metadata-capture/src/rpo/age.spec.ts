import { ageFrom } from './age.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const none = { sweptFrom: null, heardAt: null, unbrokenSince: null };

describe('the age of metadata', () => {
  it('is not known before the first sweep, whatever is heard', () => {
    expect(ageFrom({ ...none, heardAt: at(9), unbrokenSince: at(0) }, null, at(10))).toBeUndefined();
  });

  it('counts from the beginning of the last complete sweep, as what changed while it read may have been read before', () => {
    expect(ageFrom({ ...none, sweptFrom: at(10) }, null, at(40))).toEqual({
      provenAt: at(10),
      provenBy: 'sweep',
      seconds: 30,
    });
  });

  it('is that of the last sign of life of a stream unbroken since before that sweep', () => {
    const heard = { sweptFrom: at(10), heardAt: at(39), unbrokenSince: at(5) };
    expect(ageFrom(heard, null, at(40))).toEqual({ provenAt: at(39), provenBy: 'notifications', seconds: 1 });
  });

  it('takes no word from a stream that broke after the sweep began', () => {
    const heard = { sweptFrom: at(10), heardAt: at(39), unbrokenSince: at(11) };
    expect(ageFrom(heard, null, at(40))).toMatchObject({ provenBy: 'sweep', seconds: 30 });
  });

  it('reaches back to the oldest change that was heard of and not read', () => {
    const heard = { sweptFrom: at(10), heardAt: at(39), unbrokenSince: at(5) };
    expect(ageFrom(heard, at(33), at(40))).toMatchObject({ provenAt: at(33), seconds: 7 });
    expect(ageFrom(heard, at(3), at(40))).toMatchObject({ provenAt: at(10), provenBy: 'sweep' });
  });

  it('is never negative, however far ahead the clock at the site is', () => {
    const heard = { sweptFrom: at(10), heardAt: at(90), unbrokenSince: at(5) };
    expect(ageFrom(heard, null, at(40))?.seconds).toBe(0);
  });
});
