import type { Entity } from '@lifeboat/openstack-entity-api';
import { captureServer } from './capture.ts';
import { stateNote, stateRefusal } from './states.ts';

const inState = (status: string): Entity => ({
  ...captureServer({ id: 's', name: 'web', status }, { projectId: 'p', isAdmin: true }),
  kind: 'server',
});

describe('the state of a server', () => {
  it.each(['ACTIVE', 'REBOOT', 'HARD_REBOOT', 'MIGRATING', 'PASSWORD', 'UNKNOWN'])('%s is wanted running', (status) => {
    expect(inState(status).spec['power']).toBe('ACTIVE');
    expect([stateNote(inState(status)), stateRefusal(inState(status))]).toEqual([[], undefined]);
  });

  it('SHUTOFF is wanted as it is', () => {
    expect(inState('SHUTOFF').spec['power']).toBe('SHUTOFF');
    expect(stateNote(inState('SHUTOFF'))).toEqual([]);
  });

  it.each([
    ['PAUSED', /paused: it stands switched off, and its memory/],
    ['SUSPENDED', /suspended: it stands switched off, and its memory/],
    ['SHELVED', /shelved: it stands switched off/],
    ['SHELVED_OFFLOADED', /shelved: it stands switched off/],
  ])('%s is switched off at the target, which the receipt says', (status, says) => {
    expect(inState(status).spec['power']).toBe('SHUTOFF');
    expect(stateNote(inState(status))[0]?.dropped).toMatch(says);
    expect(stateRefusal(inState(status))).toBeUndefined();
  });

  it.each([
    ['ERROR', /reboot --hard/],
    ['RESCUE', /unrescue/],
    ['VERIFY_RESIZE', /resize confirm/],
    ['RESIZE', /Wait/],
    ['BUILD', /Wait/],
    ['SOFT_DELETED', /restore/],
  ])('%s is refused, with how to mend it', (status, mend) => {
    expect(stateRefusal(inState(status))?.mend).toMatch(mend);
  });
});
