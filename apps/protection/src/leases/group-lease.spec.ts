import { leaseFindings } from './group-lease.ts';

const agent = { agent: 'fence-1', ttlSeconds: 60, grantedAt: '2026-01-01T00:00:00.000Z', missed: false, stopped: [] };
const lease = { site: 'alpha', ttlSeconds: 60, agents: [agent] };
const codes = ({ blockers, warnings }: ReturnType<typeof leaseFindings>) =>
  [...blockers, ...warnings].map(({ code }) => code);

describe('a plan that relies on a lease', () => {
  it('is not ready before an agent has held it: that it was granted is not enough', () => {
    for (const agents of [[], [agent]])
      expect(leaseFindings('shop', { ...lease, agents }).blockers).toMatchObject([{ code: 'lease-never-held' }]);
    const held = { ...agent, heldSince: '2026-01-01T00:00:01.000Z' };
    expect(codes(leaseFindings('shop', { ...lease, agents: [agent, held] }))).toEqual([]);
    expect(codes(leaseFindings('shop', undefined))).toEqual([]);
  });

  it('says when it is not renewed, and which servers an agent stopped, with how they are started', () => {
    const stopped = [{ id: 'srv-1', name: 'web-1', at: '2026-01-01T00:02:00.000Z' }];
    const lost = { ...agent, heldSince: '2026-01-01T00:00:01.000Z', missed: true, stopped };
    const found = leaseFindings('shop', { ...lease, agents: [lost] });
    expect(codes(found)).toEqual(['lease-not-renewed', 'stopped-by-agent']);
    expect(found.warnings[1]).toMatchObject({
      message: expect.stringContaining('web-1') as string,
      mend: expect.stringContaining('server start srv-1') as string,
    });
  });
});
