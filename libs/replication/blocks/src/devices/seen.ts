import type { LifeboatError } from '@lifeboat/kernel';
import { unavailable } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import type { BlockDevice } from '../device.ts';
import { openFile } from './file.ts';

const LOOK_AGAIN_MS = 50;

/**
 * Opens a device of this host that is about to appear: a hypervisor plugs it in, and the kernel and udev need a moment. Throws `unavailable`
 * `device-not-seen` when it has not come in time, and what `openFile` does.
 */
export async function openWhenSeen(
  path: string,
  of: { readonly writable?: boolean; readonly withinMs: number; readonly signal?: AbortSignal | undefined },
): Promise<BlockDevice> {
  const { writable = false, withinMs, signal } = of;
  const late = AbortSignal.timeout(withinMs);
  for (;;) {
    signal?.throwIfAborted();
    const device = await openFile(path, { writable }).catch((thrown: LifeboatError) => {
      if (thrown.code !== 'device-not-found') throw thrown;
    });
    if (device) return device;
    if (late.aborted)
      throw unavailable('device-not-seen', `${path} has not appeared within ${withinMs / 1_000} s.`, {
        mend: 'Look whether this process runs in the server that the drivers file names, and by which name its guest sees an attached volume (ls -l /dev/disk/by-id).',
        data: { path },
      });
    await pause(LOOK_AGAIN_MS);
  }
}
