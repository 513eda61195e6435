import type { NbdDevice } from './nbd.ts';
import type { QemuSettings } from './qemu-nbd.ts';
import { openQemu } from './qemu-nbd.ts';
import type { RbdImage } from './qemu-options.ts';

export type { RbdImage } from './qemu-options.ts';

/**
 * An image of a Ceph cluster, or a snapshot of it (never writable), through QEMU and librbd: no kernel client. An image that grows or shrinks while it is
 * open keeps its size here. Throws as `openQemu` does.
 */
export const openRbd = (at: RbdImage, settings: QemuSettings = {}): Promise<NbdDevice> =>
  openQemu({ kind: 'rbd', at }, { ...settings, writable: settings.writable === true && at.snapshot === undefined });
