import type { BlockDevice, Changes } from '../device.ts';
import type { RbdImage } from '../devices/qemu-options.ts';
import { rbdDiff } from './rbd-diff.ts';

export interface RbdChangesSettings {
  /** A snapshot of the same image. Without it, all that is allocated, in its parents too. */
  readonly since?: string;
  /** The image (its snapshot), which may be opened meanwhile: both take as long as Ceph's clients take to start. */
  readonly device: Promise<BlockDevice>;
  /** Also ends a list that nobody reads to its end. */
  readonly signal: AbortSignal;
}

/** What changed in an image since a snapshot of it; `undefined` where that is gone. Its first line is here when it resolves. Throws as `rbdDiff` does. */
export async function rbdChanges(image: RbdImage, of: RbdChangesSettings): Promise<Changes | undefined> {
  const { device, ...settings } = of;
  const size = device.then((opened) => opened.size);
  // Whoever opens the device is told.
  size.catch(() => undefined);
  const list = rbdDiff(image, { ...settings, size });
  const first = await list.next().catch((thrown: unknown) => {
    if ((thrown as { kind?: string }).kind === 'not-found') return undefined;
    throw thrown;
  });
  if (!first) return undefined;
  return (async function* rest() {
    if (first.done) return;
    yield first.value;
    yield* list;
  })();
}
