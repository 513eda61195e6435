import type { Group, RunRequest } from '@lifeboat/contracts';
import { approvalOf, approvalText } from './approval-input.ts';
import { askedLines, goesOn, groupAwaits, requestLines } from './approval-text.ts';

describe('runs that have to be approved, on the command line', () => {
  it('are named by their kinds, with the time that somebody has', () => {
    expect(approvalOf({ approve: 'failover, failback', approveWithin: '1h' })).toEqual({
      approval: { kinds: ['failover', 'failback'], withinSeconds: 3600 },
    });
    expect(approvalOf({ approveWithin: '1h' })).toEqual({});
    expect(approvalText({ kinds: ['failover', 'failback'], withinSeconds: 3600 })).toBe(
      'failover, failback, within 3600 s',
    );
  });

  it.each([
    ['protect', '1h'],
    ['', '1h'],
    ['failover', '8d'],
  ])('"%s" within %s is refused', (approve, approveWithin) =>
    expect(() => approvalOf({ approve, approveWithin })).toThrow(
      expect.objectContaining({ code: 'approval-malformed', mend: expect.stringContaining('planned-failover') }),
    ),
  );
});

describe('a run that was asked for', () => {
  const asked: RunRequest = { by: 'bert', at: '2026-01-01T00:00:00.000Z', policy: { name: 'gold' } };
  const lapsesAt = '2026-01-01T01:00:00.000Z';
  const at = '2026-01-01T00:10:00.000Z';

  it('says who asked, and who approved or refused it and why', () => {
    const saidBy = (how: 'approved' | 'refused') =>
      requestLines({ request: { ...asked, approval: { lapsesAt, decided: { how, at, by: 'anna', reason: 'seen' } } } });
    expect(requestLines({ request: asked })).toEqual([`asked for by bert at ${asked.at}`]);
    expect(saidBy('approved')).toContain(`approved by anna at ${at}: seen`);
    expect(saidBy('refused')).toContain(`refused by anna at ${at}: seen`);
    expect(requestLines({})).toEqual([]);
  });

  it('says that it waits, until when, and that nobody came', () => {
    expect(requestLines({ request: { ...asked, approval: { lapsesAt } } })).toContain(
      `awaits approval by somebody else until ${lapsesAt}`,
    );
    expect(
      requestLines({ request: { ...asked, approval: { lapsesAt, decided: { how: 'lapsed', at: lapsesAt } } } }),
    ).toContain(`lapsed: nobody had approved it by ${lapsesAt}`);
  });

  it('says all that was asked for, for whoever is to approve it', () => {
    const input = { groupId: 'shop', runId: 'run-1', by: 'bert', reason: 'fire', unfenced: true, planVersion: 3 };
    expect(askedLines({ ...input, request: asked })).toEqual(['reason: fire', 'unfenced: true', 'planVersion: 3']);
  });

  it('is followed while it waits, and not when it will never begin', () => {
    expect((['awaiting-approval', 'running', 'undoing'] as const).map((outcome) => goesOn({ outcome }))).not.toContain(
      false,
    );
    expect((['refused', 'lapsed', 'completed'] as const).map((outcome) => goesOn({ outcome }))).not.toContain(true);
  });

  it('is shown with its group, and what somebody else can do about it', () => {
    const [line] = groupAwaits({
      awaitingApproval: [{ runId: 'run-1', kind: 'failover', by: 'bert', lapsesAt }],
    } as Partial<Group> as Group);
    expect(line).toContain('failover, asked for by bert');
    expect(line).toContain('lifeboat run approve run-1');
    expect(groupAwaits({} as Group)).toEqual([]);
  });
});
