import { CheckTarget, GroupLocked, TargetChecked } from '@lifeboat/contracts';
import { inputOf } from './input-of.ts';

const event = (type: string, data: unknown) => ({
  id: 'evt-1',
  type,
  source: 'lifeboat/recovery-execution',
  time: '2026-01-01T00:00:00.000Z',
  attempt: 1,
  causationId: 'cmd-1',
  data,
});
const REFUSED = { kind: 'conflict', code: 'target-not-ready', message: 'There is no room.', mend: 'Make some.' };

describe('an event caused by a command', () => {
  it('is its answer when it is the event that the contract names', () => {
    expect(inputOf(CheckTarget.subject, event(TargetChecked.subject, TargetChecked.sample))).toEqual({
      type: 'answer',
      commandId: 'cmd-1',
      data: TargetChecked.sample,
    });
  });

  it('is its failure, with the whole error', () => {
    const data = { command: CheckTarget.subject, error: REFUSED };
    expect(inputOf(CheckTarget.subject, event('lifeboat.evt.recovery.command-failed.v1', data))).toEqual({
      type: 'failure',
      commandId: 'cmd-1',
      error: REFUSED,
    });
  });

  it('is its failure when the answer cannot be read: asked again it would be the same', () => {
    expect(inputOf(CheckTarget.subject, event(TargetChecked.subject, { warnings: 'none' }))).toMatchObject({
      type: 'failure',
      error: { kind: 'invalid-input', code: 'message-malformed' },
    });
  });

  it.each([
    ['another event', GroupLocked.subject],
    ['the failure of another service', 'lifeboat.evt.data.command-failed.v1'],
  ])('is nothing when it is %s', (_what, type) => {
    expect(inputOf(CheckTarget.subject, event(type, GroupLocked.sample))).toBeUndefined();
  });
});
