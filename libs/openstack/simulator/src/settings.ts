/** Service plugins of Neutron that an operator may load. */
export type NetworkPlugin = 'qos' | 'trunk' | 'port-forwarding';

/** Services that an operator may offer besides the five of every cloud, by their type in the catalog. */
export type FurtherService = 'dns' | 'key-manager' | 'load-balancer' | 'orchestration';

/** How one cloud is played. */
export interface Settings {
  /** Names hosts and the entry of clouds.yaml: `primary`. */
  readonly name: string;
  readonly region: string;
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Where bytes are kept; emptied of our files at the end. */
  readonly dataDir: string;
  /** Whether what a server's guest sees of its volumes is to be seen: links under `<dataDir>/guests/<server id>/`, named as udev names virtio disks. */
  readonly guestDevices: boolean;
  /** Others write the files of volumes too, as what reaches a storage back end past Cinder does: then no file is believed to have holes. */
  readonly sharedDisks: boolean;
  /** The backup store; two clouds given the same folder share it, as one posix store mounted in both. */
  readonly backupDir: string;
  /** The password of every ready-made user. */
  readonly password: string;
  /** How long an asynchronous state takes, milliseconds. */
  readonly delayMs: number;
  readonly tokenSeconds: number;
  /** Bytes behind one GiB of a volume. Tests of many runs shrink it; sizes in the API stay in GiB. */
  readonly gibBytes: number;
  /** Size of the ready-made image, bytes. */
  readonly imageBytes: number;
  /** How often the guest of the ready-made image writes; 0 makes it silent. */
  readonly guestEveryMs: number;
  /** Whether guests wait, booted or not, until they are released: for a look at disks as they came. */
  readonly guestsHeld: boolean;
  /** Where the bytes of each snapshot stay after it was deleted, as evidence; nowhere by default. */
  readonly evidenceDir?: string;
  /**
   * Where the played Glance keeps its bytes. On Ceph (`rbd`, as the real test clouds) it refuses ranges, holds images with clones, shows
   * `locations` and `direct_url`, and Nova's images of ephemeral roots have no digests; on files (`file`) none of that.
   */
  readonly glanceStore: 'rbd' | 'file';
  /** The floating range: three octets, `172.24.4`. */
  readonly floatingPrefix: string;
  /** Service plugins that the played Neutron has loaded besides those of the real test clouds. */
  readonly networkPlugins: readonly NetworkPlugin[];
  /** What it offers besides Keystone, Glance, Nova, Neutron and Cinder. */
  readonly furtherServices: readonly FurtherService[];
  /** Requests per second and service before 429; 0 for no limit. */
  readonly requestsPerSecond: number;
  /** Whether the ready-made flavors, image, networks, projects and types are made at start. */
  readonly seed: boolean;
}

export const defaultSettings: Omit<Settings, 'dataDir' | 'backupDir'> = {
  name: 'primary',
  region: 'RegionA',
  sharedDisks: false,
  guestDevices: false,
  port: 0,
  password: 'lifeboat',
  delayMs: 50,
  tokenSeconds: 3600,
  gibBytes: 1024 ** 3,
  imageBytes: 8 * 1024 * 1024,
  guestEveryMs: 1000,
  guestsHeld: false,
  glanceStore: 'rbd',
  floatingPrefix: '172.24.4',
  networkPlugins: [],
  furtherServices: [],
  requestsPerSecond: 0,
  seed: true,
};
