import { nextToStart, nextToStop } from './server-power.ts';

const server = (status: string, task: string | null = null) => ({ status, 'OS-EXT-STS:task_state': task });

describe('a server at the primary', () => {
  it.each([
    [server('ACTIVE'), 'call'],
    [server('ACTIVE', 'powering-off'), 'wait'],
    [server('SHUTOFF'), 'nothing'],
    [server('PAUSED'), 'nothing'],
    [server('SHELVED_OFFLOADED'), 'nothing'],
    [undefined, 'nothing'],
  ])('that is %j needs to be stopped: %s', (live, next) => expect(nextToStop(live, 'web')).toBe(next));

  it.each([
    [server('SHUTOFF'), 'call'],
    [server('ACTIVE', 'powering-off'), 'wait'],
    [server('SHUTOFF', 'powering-on'), 'wait'],
    [server('ACTIVE'), 'nothing'],
    [undefined, 'nothing'],
  ])('that is %j needs to be started again: %s', (live, next) => expect(nextToStart(live, 'web')).toBe(next));

  it("in any other state is a person's to mend", () => {
    for (const status of ['ERROR', 'RESCUE', 'RESIZE', 'VERIFY_RESIZE'])
      expect(() => nextToStop(server(status), 'web')).toThrow(
        expect.objectContaining({ code: 'server-not-stoppable' }),
      );
    expect(() => nextToStart(server('ERROR'), 'web')).toThrow(
      expect.objectContaining({ code: 'server-not-startable' }),
    );
  });
});
