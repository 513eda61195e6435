import { invalidInput } from '@lifeboat/kernel';
import type { NbdDevice } from './nbd.ts';
import type { QemuSettings } from './qemu-nbd.ts';
import { openQemu } from './qemu-nbd.ts';
import type { RbdImage } from './qemu-options.ts';
import { specOf } from './qemu-options.ts';

/**
 * An image of a Ceph cluster, or a snapshot of it, through QEMU and librbd: no kernel client. An image that grows or shrinks while it is open keeps its size
 * here. Throws `invalid-input` `snapshot-not-writable`, and as `openQemu` does.
 */
export async function openRbd(at: RbdImage, settings: QemuSettings = {}): Promise<NbdDevice> {
  if (settings.writable === true && at.snapshot !== undefined)
    throw invalidInput('snapshot-not-writable', `${specOf(at)} is a snapshot: it can only be read.`);
  return openQemu({ kind: 'rbd', at }, settings);
}
