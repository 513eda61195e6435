import type { Envelope } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';

export const aMessage = (type: string, data: unknown = {}, more: Partial<Envelope> = {}): Envelope => ({
  id: newId(),
  type,
  source: 'lifeboat/spec',
  time: new Date().toISOString(),
  attempt: 1,
  data,
  ...more,
});

/** Resolves when `ask` answers something; the spec's own time limit bounds it. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
