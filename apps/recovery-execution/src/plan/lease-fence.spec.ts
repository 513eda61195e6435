import { unavailable, illegalState } from '@lifeboat/kernel';
import { LeaseFence, leaseText } from './lease-fence.ts';

const of = { groupId: 'shop', runId: 'run-1', site: 'alpha' };
const lease = {
  agent: 'fence-1',
  ttlSeconds: 60,
  grantedAt: '2026-01-01T00:00:00.000Z',
  heldSince: '2025-12-01T00:00:00.000Z',
  missed: false,
  stopped: [],
};

describe('a fence by a lease', () => {
  const asked: unknown[] = [];
  const fence = (answer: () => Promise<unknown>) =>
    new LeaseFence({
      ask: (_request: unknown, input: unknown) => {
        asked.push(input);
        return answer();
      },
    } as never);
  const failed = (error: Error) => illegalState('primary-not-fenced', error.message) as never;

  it('waits until it has run out, with the margin of the plan or two minutes', async () => {
    const running = fence(() => Promise.resolve({ over: false, leftSeconds: 3, leases: [lease] }));
    expect(await running.end({ ttl: 60 }, of, failed)).toBeUndefined();
    expect(await running.end({ ttl: 60, margin: 5 }, of, failed)).toBeUndefined();
    expect(asked).toMatchObject([{ marginSeconds: 120 }, { marginSeconds: 5 }]);
  });

  it('says when it ran out, who held it, and on whom it rests', async () => {
    const over = fence(() => Promise.resolve({ over: true, leftSeconds: 0, leases: [lease] }));
    expect(await over.end({ ttl: 60 }, of, failed)).toMatchObject({
      hook: 'lease of 60 s',
      outcome: 'done',
      said: expect.stringMatching(
        /held the lease since 2025-12.*ran out at 2026-01-01T00:01:00.*has not said/,
      ) as string,
    });
    const stopped = [{ id: 'a', name: 'web-1', at: lease.grantedAt }];
    expect(leaseText({ ...lease, fencedAt: '2026-01-01T00:02:00.000Z', stopped }, 5)).toMatch(
      /00:02:00.*stopped web-1/,
    );
  });

  it('is no fence where it was never held; a service that is away is asked again', async () => {
    const never = fence(() => Promise.reject(illegalState('lease-never-held', 'Nobody held it.')));
    await expect(never.end({ ttl: 60 }, of, failed)).rejects.toMatchObject({ code: 'primary-not-fenced' });
    const away = fence(() => Promise.reject(unavailable('service-away', 'Nobody answers.')));
    await expect(away.end({ ttl: 60 }, of, failed)).rejects.toMatchObject({ code: 'service-away', retryable: true });
  });
});
