import { stagingDue } from './staging-due.ts';
import type { Known } from './staging-due.ts';

const now = new Date('2026-01-15T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
const staged: Known = { site: 'beta', what: 'pnt-1', begunAt: ago(100), endedAt: ago(90), problem: null };
const warm = { site: 'beta', what: 'pnt-1' };

describe('what is due for a stage', () => {
  it.each([
    ['is cold and has none', 'cold', null, undefined],
    ['has become cold', 'cold', staged, 'unstage'],
    ['has become cold while it is staged', 'cold', { ...staged, endedAt: null }, 'unstage'],
    ['is warm and has no point yet', { site: 'beta' }, null, undefined],
    ['is warm for the first time', warm, null, 'stage'],
    ['is in step', warm, staged, undefined],
    ['has another point, mapping or fence token', { ...warm, what: 'pnt-2' }, staged, 'stage'],
    ['has another point, but is staged just now', { ...warm, what: 'pnt-2' }, { ...staged, endedAt: null }, undefined],
    ['has lost its points, and keeps what stands', { site: 'beta' }, staged, undefined],
    ['is recovered elsewhere by now', { ...warm, site: 'gamma' }, staged, 'unstage'],
    ['could not be staged just now', warm, { ...staged, endedAt: ago(50), problem: {} }, undefined],
    ['could not be staged a minute ago', warm, { ...staged, endedAt: ago(61), problem: {} }, 'stage'],
    ['was never heard of again', warm, { ...staged, begunAt: ago(4 * 3_600), endedAt: null }, 'stage'],
  ] as const)('of a group that %s', (_what, wanted, known, due) => expect(stagingDue(wanted, known, now)).toBe(due));
});
