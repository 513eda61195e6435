import { leaseLines } from './lease-text.ts';

describe('the lease of a group', () => {
  const agent = { agent: 'fence-1', ttlSeconds: 60, grantedAt: '2026-01-01T00:01:00.000Z', missed: false, stopped: [] };
  const lines = (more: object) =>
    leaseLines({ site: 'alpha', ttlSeconds: 60, agents: [{ ...agent, ...more }] }).join('\n');

  it('says that nobody ever held it, who does, and how what an agent stopped is started', () => {
    expect(lines({})).toBe('lease of 60 s: NEVER HELD, so nothing fences alpha: run fence-agent there');
    const heldSince = '2026-01-01T00:00:00.000Z';
    expect(lines({ heldSince })).toBe(
      'lease of 60 s at alpha, agent fence-1: held since 2026-01-01T00:00:00.000Z, renewed 2026-01-01T00:01:00.000Z',
    );
    const stopped = [{ id: 'srv-1', name: 'web-1', at: '2026-01-01T00:02:00.000Z' }];
    expect(lines({ heldSince, missed: true, stopped })).toMatch(
      /NOT RENEWED since.*\nagent fence-1 STOPPED web-1 .*server start srv-1"$/,
    );
  });
});
