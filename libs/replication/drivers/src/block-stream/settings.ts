import { z } from 'zod';

const Template = z.string().includes('%s', { error: 'has to have %s where the id is to stand' });

const Rbd = z.strictObject({
  kind: z.literal('rbd'),
  /** On the worker's host: `/etc/ceph/primary.conf`. */
  conf: z.string(),
  /** Without `client.`. */
  user: z.string(),
  keyring: z.string().optional(),
  pool: z.string(),
  /** Names of images and snapshots as Cinder makes them of the ids. */
  volume: Template.default('volume-%s'),
  snapshot: Template.default('snapshot-%s'),
});

const File = z.strictObject({
  kind: z.literal('file'),
  /** Paths of raw files or block devices on the worker's host. */
  volume: Template,
  snapshot: Template,
});

/** By Cinder's attachments API: iSCSI and NFS, to the host of the worker that opens them. */
const Attachment = z.strictObject({
  kind: z.literal('attachment'),
  /** The worker's host, as the connector says it to Cinder. */
  host: z.string().min(1),
  /** From where it reaches the storage. */
  ip: z.union([z.ipv4(), z.ipv6()]),
  /** As which it logs in; made of the host's name where it is not said. */
  initiator: z.string().optional(),
  ceph: z.strictObject({ conf: z.string(), user: z.string(), keyring: z.string().optional() }).optional(),
  /** Exports that are mounted on the worker's host, and where. */
  nfsMounts: z.record(z.string(), z.string()).default({}),
});

/** By Nova, to the server in which the worker that opens them runs. */
const Mover = z.strictObject({
  kind: z.literal('mover'),
  /** Its id. */
  server: z.uuid(),
  /** As its guest sees an attached volume: `%s` is the beginning of the volume's id. */
  devices: Template.default('/dev/disk/by-id/virtio-%s'),
  /** So much of it: virtio cuts serials. */
  characters: z.int().min(20).max(36).default(20),
  /** As long may a device take to appear after Nova has attached it. */
  seenWithinSeconds: z.int().min(1).max(100).default(60),
});

const Volumes = z.discriminatedUnion('kind', [Rbd, File, Attachment, Mover]);

const Tls = z.strictObject({ ca: z.string(), cert: z.string(), key: z.string() });

const Receive = z.strictObject({
  host: z.string(),
  port: z.int().min(1).max(65_535),
  /** Where it listens, when that is not `host`. */
  listen: z.string().default('0.0.0.0'),
  /** Names in the certificates of the workers that may send. */
  workers: z.array(z.string()).min(1),
  tls: Tls,
});

const Site = z.strictObject({
  /** How its volumes are reached: by volume type, `*` for all others. */
  volumes: z.record(z.string(), Volumes),
  /** Type of the volumes that stand for disks of other sites; Cinder's default when it is not set. */
  replicaType: z.string().optional(),
  /** The worker there listens for blocks; without it one worker has to reach both sites. */
  receive: Receive.optional(),
  /** What its worker shows when it sends. */
  tls: Tls.optional(),
});

/** `drivers.block-stream` of the drivers file. Paths of keys are in it, no keys. */
export const BlockStreamSettings = z.strictObject({
  /** Where workers remember the hashes of volumes, 1/2048 of their size; only a cache, but a whole read when it is lost. */
  folder: z.string(),
  sites: z.record(z.string(), Site),
});

export type BlockStreamSettings = z.infer<typeof BlockStreamSettings>;
export type SiteSettings = z.infer<typeof Site>;
export type VolumesSettings = z.infer<typeof Volumes>;
