import { setTimeout as pause } from 'node:timers/promises';
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

  it('are never more in use than there are, are given in order, and come back after a failure', async () => {
    const slots = new Slots(2);
    let [now, most] = [0, 0];
    const begun: number[] = [];
    const works = Array.from({ length: 7 }, (_, n) =>
      slots.use(async () => {
        begun.push(n);
        most = Math.max(most, ++now);
        await pause(2);
        now -= 1;
        if (n % 3 === 0) throw new Error(`${n} failed`);
        return n;
      }),
    );
    const ends = await Promise.allSettled(works);
    expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([false, true, true, false, true, true, false]);
    expect([most, begun]).toEqual([2, [0, 1, 2, 3, 4, 5, 6]]);
  });

  it('are given to the most urgent that waits, and among equals in order', async () => {
    const slots = new Slots(1);
    const begun: string[] = [];
    const use = (name: string, urgency?: number) => slots.use(() => void begun.push(name), urgency);
    await Promise.all([
      use('first'),
      use('calm'),
      use('urgent', 2),
      use('calm too'),
      use('some', 1),
      use('urgent too', 2),
    ]);
    expect(begun).toEqual(['first', 'urgent', 'urgent too', 'some', 'calm', 'calm too']);
  });
});
