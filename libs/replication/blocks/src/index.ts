export type { BlockDevice, Changes, Extent } from './device.ts';
export { rbdChanges } from './changes/rbd-changes.ts';
export { rbdDiff } from './changes/rbd-diff.ts';
export type { RbdDiffSettings } from './changes/rbd-diff.ts';
export { connectorOf, deviceOf, openDevice } from './devices/attachment.ts';
export type { AttachmentSettings, Connector, DeviceSpec } from './devices/attachment.ts';
export { rbd, rbdJson } from './devices/ceph.ts';
export type { CephCluster, RbdCall } from './devices/ceph.ts';
export { openFile } from './devices/file.ts';
export { openNbd } from './devices/nbd.ts';
export type { NbdDevice, NbdPlace, NbdSettings, NbdTls, SparseDevice } from './devices/nbd.ts';
export { openQemu } from './devices/qemu-nbd.ts';
export type { QemuSettings } from './devices/qemu-nbd.ts';
export type { IscsiLun, NfsFile, QemuSource, RbdImage } from './devices/qemu-options.ts';
export { openRbd } from './devices/rbd.ts';
export { openWhenSeen } from './devices/seen.ts';
export { newHashKey } from './hash/keyed-hash.ts';
export { forgetTree } from './merkle/kept-tree.ts';
export { ALGORITHM } from './merkle/leaf-store.ts';
export { verifyDevice } from './merkle/verify.ts';
export type { ToVerify, Verdict } from './merkle/verify.ts';
export { serveSession } from './receive/serve-session.ts';
export type { Granted, Serving } from './receive/serve-session.ts';
export { send } from './send/send.ts';
export type { Sending, Sent } from './send/send.ts';
export type { Fuzzed } from './testing/fuzz.ts';
export { connectTls, listenTls } from './tls/tls.ts';
export type { TlsFiles } from './tls/tls-files.ts';
export type { Opening } from './wire/opening.ts';
export { streamPair } from './wire/pair.ts';

/** Feeds all that reads what comes from outside with so many inputs. What it needs for that is loaded only here. */
export const fuzzBlocks = async (of: { count: number; seed: number; say(what: string): void }) =>
  (await import('./testing/fuzz.ts')).fuzz(of);
