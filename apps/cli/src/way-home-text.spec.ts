import { wayHomeText } from './way-home-text.ts';

describe('what is said of a run on the way home', () => {
  it('is who may have served on both sides, and who is no member any more', () => {
    const [from, until] = ['2026-01-01T01:00:00.000Z', '2026-01-02T00:00:00.000Z'];
    expect(
      wayHomeText({
        servedByBoth: [{ kind: 'server', id: 'srv-1', name: 'web', from, until }],
        lostMembers: [{ kind: 'server', id: 'srv-2' }],
      }),
    ).toEqual([
      `web (srv-1) still ran at the site that was left, and was stopped: both sides may have served from ${from} until ${until}`,
      'server srv-2 stands for nothing where the group runs: it is no member any more',
    ]);
  });

  it('is which originals were removed, and which would not go and why', () => {
    expect(
      wayHomeText({
        originalsRemoved: [{ kind: 'server', id: 'srv-1', name: 'web' }],
        originalsLeft: [{ kind: 'volume', id: 'vol-1', name: 'data', why: 'it has snapshots' }],
      }),
    ).toEqual(['removed: server web (srv-1)', 'left: volume data (vol-1): it has snapshots']);
  });

  it('is what the first point in the new direction sends of each disk, and why', () => {
    const disk = { kind: 'volume', name: 'data', driver: 'block-stream', copy: 'full', why: 'it has grown', bytes: 5 };
    expect(wayHomeText({ reversed: [disk] })).toEqual(['the first point sends all of volume data: it has grown']);
  });

  it('is nothing of any other run', () => {
    expect(wayHomeText({ loss: {}, warnings: [] })).toEqual([]);
  });
});
