import type { Group } from '@lifeboat/contracts';
import { stagingText } from './staging-text.ts';

const group = { groupId: 'shop', state: 'protected' } as Group;

describe('what is kept staged', () => {
  it('is shown with what it takes of quotas, and why it is not in step', () => {
    expect(stagingText(group)).toBe('cold');
    expect(stagingText({ ...group, staging: { site: 'beta' } })).toBe('to be staged at beta');
    const staging = {
      site: 'beta',
      since: '2026-01-01T00:00:00Z',
      inStepAt: '2026-01-02T00:00:00Z',
      pointId: 'pnt-1',
      kinds: [
        { kind: 'network', count: 2 },
        { kind: 'port', count: 4 },
      ],
      quotas: [
        { quota: 'network:network', staged: 2, used: 5, limit: 100 },
        { quota: 'network:port', staged: 4, used: 9, limit: -1 },
      ],
    };
    expect(stagingText({ ...group, staging })).toBe(
      'staged at beta since 2026-01-01T00:00:00Z: 2 network, 4 port; in step 2026-01-02T00:00:00Z; quotas: network:network 2 of 5 used, limit 100, network:port 4 of 9 used',
    );
    const problem = { code: 'stage-blocked', where: 'group shop at beta', message: 'beta has no room.' };
    expect(stagingText({ ...group, staging: { ...staging, problem } })).toMatch(/; NOT IN STEP: beta has no room\.$/);
  });
});
