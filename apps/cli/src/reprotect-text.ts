import type { ReprotectPreview } from '@lifeboat/api-client';
import type { ReprotectDisk } from '@lifeboat/contracts';
import { bytes, lasting } from './output.ts';

const sumOf = (disks: readonly ReprotectDisk[]): string => bytes(disks.reduce((sum, disk) => sum + disk.bytes, 0));
const named = (count: number): string => (count === 1 ? '1 disk' : `${count} disks`);

/** Some drivers do not know what they sent. */
const tookText = ({ bytes: sent, seconds }: { readonly bytes: number; readonly seconds: number }): string =>
  `${lasting(seconds)}${sent > 0 ? `, ${bytes(sent)} sent` : ''}`;

/** What the first point is going to send, in a few lines; how long a copy took before is a fact, how long it will take is not. */
export function firstPointText({ disks, before }: Pick<ReprotectPreview, 'disks' | 'before'>): readonly string[] {
  const that = (copy: ReprotectDisk['copy']) => disks.filter((disk) => disk.copy === copy);
  const [full, deltas, nothing] = [that('full'), that('deltas'), that('nothing')];
  const why = [...new Set(full.map((disk) => disk.why))].join('; ');
  return [
    ...(full.length > 0 ? [`Full copies of ${named(full.length)}, at most ${sumOf(full)}: ${why}.`] : []),
    ...(deltas.length > 0 ? [`Differences of ${named(deltas.length)} of ${sumOf(deltas)}, which are compared.`] : []),
    ...(nothing.length > 0 ? [`No bytes of ${named(nothing.length)}.`] : []),
    ...(before && full.length > 0 ? [`For comparison, the first point of the way here: ${tookText(before)}.`] : []),
  ];
}
