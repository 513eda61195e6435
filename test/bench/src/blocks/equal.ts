import type { BlockDevice } from '@lifeboat/replication-blocks';
import { openFile } from '@lifeboat/replication-blocks';

const STEP = 4 * 1024 ** 2;

export async function isEqual(one: string, other: string): Promise<boolean> {
  await using a = await openFile(one);
  await using b = await openFile(other);
  return await holdSame(a, b);
}

/** Every byte. */
export async function holdSame(one: BlockDevice, other: BlockDevice): Promise<boolean> {
  if (one.size !== other.size) return false;
  const [a, b] = [Buffer.allocUnsafe(STEP), Buffer.allocUnsafe(STEP)];
  for (let at = 0; at < one.size; at += STEP) {
    const length = Math.min(STEP, one.size - at);
    await Promise.all([one.read(at, a.subarray(0, length)), other.read(at, b.subarray(0, length))]);
    if (!a.subarray(0, length).equals(b.subarray(0, length))) return false;
  }
  return true;
}
