import { Slots } from './slots.ts';

describe('slots', () => {
  it('never lets more work run than there are slots, and leaves nobody waiting', async () => {
    const slots = new Slots(2);
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    await Promise.all(Array.from({ length: 9 }, () => slots.use(work)));
    expect([most, running]).toEqual([2, 0]);
  });

  it('gives a slot back when the work failed', async () => {
    const slots = new Slots(1);
    await expect(slots.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.use(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});
