import type { DiskProgress } from '@lifeboat/contracts';
import type { LifeboatApi } from '@lifeboat/api-client';
import { asLifeboatError } from '@lifeboat/kernel';
import { bytes, print, say } from './output.ts';
import type { OutputOptions } from './output.ts';

const columns = {
  disk: (d: DiskProgress) => `${d.diskKind} ${d.name || d.diskId}`,
  driver: (d: DiskProgress) => d.driver,
  verb: (d: DiskProgress) => d.verb,
  state: (d: DiskProgress) => d.state,
  moved: (d: DiskProgress) => bytes(d.bytes),
  percent: (d: DiskProgress) => (d.percent === undefined ? '' : `${d.percent} %`),
  problem: (d: DiskProgress) => d.problem ?? '',
};

/** For people: how far the disks of a point or run came. What is shown beside it is shown also when nobody knows. */
export async function showProgress(
  api: LifeboatApi,
  ownerId: string,
  options: OutputOptions,
): Promise<readonly DiskProgress[]> {
  try {
    const disks = await api.points.progress(ownerId);
    if (!options.json && disks.length > 0) print(disks, columns, options);
    return disks;
  } catch (thrown) {
    say(`progress: ${asLifeboatError(thrown).message}`);
    return [];
  }
}
