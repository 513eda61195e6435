import { setTimeout as pause } from 'node:timers/promises';
import { Slots } from './slots.ts';

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
