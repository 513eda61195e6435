import { Wake } from './wake.ts';

const LONG_MS = 60_000;
const never = new AbortController().signal;

describe('waking a loop', () => {
  it('happens at once when the ring came while the loop was looking', async () => {
    const wake = new Wake();
    wake.emit('work');
    await expect(wake.wait('work', LONG_MS, never)).resolves.toBeUndefined();
  });

  it('happens once for a ring', async () => {
    const wake = new Wake();
    wake.emit('work');
    await wake.wait('work', LONG_MS, never);
    const next = await Promise.race([
      wake.wait('work', LONG_MS, AbortSignal.timeout(100)).then(() => 'aborted'),
      new Promise((resolve) => setTimeout(resolve, 50, 'still waiting')),
    ]);
    expect(next).toBe('still waiting');
  });

  it('does not wake who waits for something else', async () => {
    const wake = new Wake();
    const stop = new AbortController();
    let woken = false;
    const waiting = wake.wait('outbox', LONG_MS, stop.signal).then(() => (woken = true));
    wake.emit('work');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(woken).toBe(false);
    stop.abort();
    await waiting;
  });

  it('leaves nothing behind, however often nothing comes', async () => {
    const wake = new Wake();
    const stop = new AbortController();
    const warned = new Promise((resolve) => process.once('warning', resolve));
    for (let i = 0; i < 200; i++) await wake.wait('work', 1, stop.signal);
    expect(await Promise.race([warned, new Promise((resolve) => setTimeout(resolve, 20, 'no warning'))])).toBe(
      'no warning',
    );
  });
});
