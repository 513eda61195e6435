import { bears, markOf, tagsOf, textOf } from './mark.ts';

const mark = markOf({ pointId: 'pnt-1', diskId: 'vol-1', runId: 'run-1' }, 'copy');

describe('a mark', () => {
  it('is found again in metadata, in tags and in a line of text', () => {
    expect(bears({ ...mark, owner: 'me' }, mark)).toBe(true);
    expect(bears([...tagsOf(mark), 'mine'], mark)).toBe(true);
    expect(textOf(mark)).toBe(textOf(markOf({ pointId: 'pnt-1', diskId: 'vol-1', runId: 'run-1' }, 'copy')));
  });

  it('is not taken for that of another run, point, disk or purpose', () => {
    for (const other of [
      markOf({ pointId: 'pnt-1', diskId: 'vol-1', runId: 'run-2' }, 'copy'),
      markOf({ pointId: 'pnt-2', diskId: 'vol-1', runId: 'run-1' }, 'copy'),
      markOf({ pointId: 'pnt-1', diskId: 'vol-2', runId: 'run-1' }, 'copy'),
      markOf({ pointId: 'pnt-1', diskId: 'vol-1', runId: 'run-1' }, 'replica'),
    ]) {
      expect(bears(mark, other)).toBe(false);
      expect(bears(tagsOf(mark), other)).toBe(false);
    }
  });

  it('is never found where there is nothing', () => {
    for (const nothing of [undefined, null, '', [], {}]) expect(bears(nothing, mark)).toBe(false);
  });

  it('is refused when it would not fit', () => {
    expect(() => markOf({ pointId: 'p'.repeat(250), diskId: 'vol-1' }, 'copy')).toThrow(
      expect.objectContaining({ code: 'mark-too-long' }),
    );
  });
});
