import { damageOf, standsFor } from './damage.ts';
import type { Standing } from './standing.ts';

const of = (name: string, marks: Record<string, string>, status = 'available'): Standing => ({
  name,
  status,
  marks: { lifeboat_purpose: 'replica', lifeboat_disk: 'd', ...marks },
});
const watched = (standing: readonly string[] | null) => ({ pointId: 'p', groupId: 'g', diskId: 'd', standing });

describe('the damage of a replica', () => {
  it('is looked for in what bears the mark of the point, or of the disk in all its points', () => {
    const all = [
      of('image 1', { lifeboat_point: 'p' }),
      of('image 2', { lifeboat_point: 'another' }),
      of('volume 3', { lifeboat_group: 'g' }),
      of('volume 4', { lifeboat_group: 'another' }),
      of('volume 5', { lifeboat_point: 'p', lifeboat_run: 'r' }),
      of('image 6', { lifeboat_point: 'p', lifeboat_disk: 'another' }),
    ];
    expect(standsFor(watched(null), all).map(({ name }) => name)).toEqual(['image 1', 'volume 3']);
  });

  it('is none before it was seen whole', () => {
    expect(damageOf(watched(null), [])).toBeUndefined();
  });

  it('is what has gone since, or is in error', () => {
    const seen = watched(['image 1', 'volume 3', 'snapshot 7']);
    const now = [of('image 1', {}, 'active'), of('volume 3', {}, 'error_extending')];
    expect(damageOf(seen, now)).toBe('volume 3 is in state error_extending; snapshot 7 is gone');
  });

  it('is none while a service is busy with it', () => {
    const now = [of('image 1', {}, 'active'), of('volume 3', {}, 'backing-up')];
    expect(damageOf(watched(['image 1', 'volume 3']), now)).toBeUndefined();
  });
});
