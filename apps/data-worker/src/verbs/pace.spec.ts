import { pacer } from './pace.ts';

const MIB = 1024 ** 2;

describe('the pace of a call', () => {
  it('lets everything pass at once without a limit', async () => {
    const pace = pacer(() => undefined, new AbortController().signal);
    for (let n = 0; n < 100; n++) await pace(1024 * MIB);
  });

  it('holds bytes back under a limit, and lets go when the work is taken away', async () => {
    const over = new AbortController();
    const pace = pacer(() => 1, over.signal);
    const held = pace(MIB).then(() => 'passed');
    expect(await Promise.race([held, new Promise((resolve) => setTimeout(resolve, 50, 'held'))])).toBe('held');
    over.abort();
    await expect(held).rejects.toThrow('aborted');
    await expect(pace(1)).rejects.toThrow('aborted');
  });

  it('lets those go at once who wait when the limit is lifted', async () => {
    let limit: number | undefined = 1;
    const pace = pacer(() => limit, new AbortController().signal);
    const held = [pace(MIB), pace(MIB)];
    limit = undefined;
    await Promise.all(held);
  });

  it('lets no more pass than the limit says, however many wait', async () => {
    const pace = pacer(() => MIB, new AbortController().signal);
    const began = performance.now();
    await Promise.all(Array.from({ length: 16 }, () => pace(MIB / 16)));
    const seconds = (performance.now() - began) / 1_000;
    // A quarter of a second's worth may go ahead of the clock.
    expect(seconds).toBeGreaterThan(0.7);
  });

  it('goes by the limit of the moment', async () => {
    let limit: number | undefined = 1024 * MIB;
    const pace = pacer(() => limit, new AbortController().signal);
    await pace(MIB);
    limit = undefined;
    await pace(1024 * 1024 * MIB);
  });
});
