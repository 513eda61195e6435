import { timedOut } from '@lifeboat/kernel';
import type { Extent } from '../device.ts';
import { cephFailure } from '../devices/ceph-failure.ts';
import { clusterArgs } from '../devices/ceph.ts';
import { endingOf, startChild } from '../devices/child.ts';
import type { RbdImage } from '../devices/qemu-options.ts';
import { specOf } from '../devices/qemu-options.ts';
import { RbdDiffParser } from './rbd-diff-parser.ts';

export interface RbdDiffSettings {
  /** A snapshot of the same image. Without it, all that is allocated, in its parents too. */
  readonly since?: string;
  /** Bytes of `image` (of its snapshot): what lies beyond is refused. Awaited when the program runs already. */
  readonly size: number | Promise<number>;
  /** Objects that were touched as a whole: sooner where the image has a fast diff, and more than changed. */
  readonly wholeObjects?: boolean;
  readonly signal?: AbortSignal;
  /** One hour where nothing is said. */
  readonly timeoutMs?: number;
}

/**
 * What changed in `image` since a snapshot of it: in order, merged where they touch; bytes that were freed too. What was given out counts only when it ends
 * without an error: an `rbd` that fails in the middle says so at its end. The child is killed when the reader goes away.
 *
 * Throws `external` `rbd-diff-unreadable`; `timeout` `ceph-timeout`; and what `rbd` does.
 */
export async function* rbdDiff(image: RbdImage, settings: RbdDiffSettings): AsyncGenerator<Extent> {
  const { since, size, wholeObjects = false, signal, timeoutMs = 3_600_000 } = settings;
  signal?.throwIfAborted();
  const args = [
    'diff',
    '--format',
    'json',
    ...(wholeObjects ? ['--whole-object'] : []),
    ...(since === undefined ? [] : ['--from-snap', since]),
    specOf(image),
  ];
  const late = AbortSignal.timeout(timeoutMs);
  const gone = new AbortController();
  const end = AbortSignal.any([late, gone.signal, ...(signal ? [signal] : [])]);
  const child = startChild('rbd', [...clusterArgs(image.cluster), ...args], end);
  const ending = endingOf(child, 'rbd');
  // Seen below, unless the reader goes away before.
  ending.catch(() => undefined);
  try {
    const parser = new RbdDiffParser(await size);
    const failed = async (): Promise<void> => {
      const { exitCode, stderr } = await ending;
      signal?.throwIfAborted();
      if (late.aborted) throw timedOut('ceph-timeout', `rbd ${args.join(' ')} was not done in ${timeoutMs / 1_000} s.`);
      if (exitCode !== 0) throw cephFailure({ cluster: image.cluster, args, exitCode, stderr });
    };
    for await (const text of child.stdout.setEncoding('latin1') as AsyncIterable<string>) yield* parser.push(text);
    await failed();
    yield* parser.end();
  } finally {
    gone.abort();
  }
}
