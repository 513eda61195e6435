import { invalidInput } from '@lifeboat/kernel';
import type { BlockDevice } from '../device.ts';
import type { CephCluster } from './ceph.ts';
import { openFile } from './file.ts';
import type { QemuSettings } from './qemu-nbd.ts';
import { openQemu } from './qemu-nbd.ts';
import type { QemuSource } from './qemu-options.ts';

/** Who a volume is attached to: the body of Cinder's `POST /attachments` (microversion 3.27 and later) has it as `connector`. */
export interface Connector {
  readonly host: string;
  /** From where the storage is reached. */
  readonly ip: string;
  readonly initiator: string;
  readonly platform: string;
  readonly os_type: 'linux';
  readonly multipath: false;
  readonly do_local_attach: false;
}

/** What the worker's host brings along. */
export interface AttachmentSettings {
  readonly connector: Connector;
  /** The site's Ceph: Cinder tells its monitors, but never a key. */
  readonly ceph?: CephCluster;
  /** NFS exports that are mounted on the worker's host: `192.0.2.3:/srv/cinder` is at `/mnt/cinder`. */
  readonly nfsMounts?: Readonly<Record<string, string>>;
}

export type DeviceSpec = QemuSource | { readonly kind: 'local'; readonly path: string };

/** One path to the storage, by QEMU's own initiator: nothing of the host's kernel is used. */
export const connectorOf = ({ host, ip, initiator }: { host: string; ip: string; initiator?: string }): Connector => ({
  host,
  ip,
  initiator: initiator ?? `iqn.2008-11.org.linux-kvm:lifeboat-${host.toLowerCase().replace(/[^a-z0-9.-]/g, '-')}`,
  platform: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
  os_type: 'linux',
  multipath: false,
  do_local_attach: false,
});

/**
 * Which device a Cinder `connection_info` means, flat as the attachments have it, or with `data` as before them. Pure; what it answers may hold a secret
 * (CHAP). Throws `invalid-input`: `attachment-kind-unknown`, `attachment-unreadable`, `attachment-needs-ceph`, `attachment-needs-mount`.
 */
export function deviceOf(connectionInfo: unknown, settings: AttachmentSettings): DeviceSpec {
  const info = new Info(flat(connectionInfo));
  const kind = info.text('driver_volume_type');
  switch (kind) {
    case 'rbd':
      return rbdOf(info, settings.ceph);
    case 'iscsi':
      return iscsiOf(info, settings.connector);
    case 'nfs':
      return nfsOf(info, settings.nfsMounts ?? {});
    case 'local':
      return { kind: 'local', path: info.text('device_path') };
    default:
      throw invalidInput('attachment-kind-unknown', `The worker cannot attach a volume by "${kind}".`, {
        mend: 'Carry the volumes of this type by a driver that needs no device (cinder-backup, image-transfer), or through a mover server.',
        data: { kind },
      });
  }
}

/** Opens it: through QEMU, or the path itself. Throws what `openQemu` and `openFile` do. */
export const openDevice = (spec: DeviceSpec, settings: QemuSettings = {}): Promise<BlockDevice> =>
  spec.kind === 'local' ? openFile(spec.path, settings) : openQemu(spec, settings);

function rbdOf(info: Info, cluster: CephCluster | undefined): DeviceSpec {
  const name = info.text('name');
  if (!cluster)
    throw invalidInput('attachment-needs-ceph', `The volume lies in Ceph (${name}), and no cluster is configured.`, {
      mend: "Place the cluster's ceph.conf and a keyring on the worker's host, and name them for the site.",
    });
  const [image = '', ...pools] = name.split('/').reverse();
  const [pool, namespace] = pools.reverse();
  if (pool === undefined || image === '' || pools.length > 2) throw unreadable('name');
  return { kind: 'rbd', at: { cluster, pool, ...(namespace !== undefined && { namespace }), image } };
}

function iscsiOf(info: Info, { initiator }: Connector): DeviceSpec {
  const method = info.maybe('auth_method');
  if (method !== undefined && method.toUpperCase() !== 'CHAP') throw unreadable('auth_method');
  const chap = method && { user: info.text('auth_username'), password: info.text('auth_password') };
  return {
    kind: 'iscsi',
    at: {
      portal: info.text('target_portal'),
      iqn: info.text('target_iqn'),
      lun: info.count('target_lun'),
      initiator,
      ...(chap && { chap }),
    },
  };
}

function nfsOf(info: Info, mounts: Readonly<Record<string, string>>): DeviceSpec {
  const share = info.text('export');
  const [name, format] = [info.text('name'), info.text('format')];
  const [, host, folder] = /^(\[[^\]]+\]|[^:[\]]+):(\/.*)$/.exec(share) ?? [];
  if (host === undefined || folder === undefined) throw unreadable('export');
  if (name.includes('/')) throw unreadable('name');
  const mount = mounts[share];
  if (mount !== undefined) return { kind: 'file', path: `${mount}/${name}`, format };
  const options = info.maybe('options') ?? '';
  if (/\b(nfsvers|vers)=4|\bsec=(?!sys)/.test(options))
    throw invalidInput('attachment-needs-mount', `QEMU speaks NFS 3 only, and ${share} wants "${options}".`, {
      mend: "Mount it on the worker's host, and name the mount for the site.",
    });
  return {
    kind: 'nfs',
    at: { host: host.replace(/^\[|\]$/g, ''), path: `${folder.replace(/\/$/, '')}/${name}` },
    format,
  };
}

function flat(connectionInfo: unknown): Readonly<Record<string, unknown>> {
  if (typeof connectionInfo !== 'object' || connectionInfo === null) throw unreadable('connection_info');
  const { data, ...rest } = connectionInfo as { readonly data?: object };
  return { ...rest, ...data };
}

class Info {
  constructor(private readonly fields: Readonly<Record<string, unknown>>) {}

  text(key: string): string {
    const value = this.maybe(key);
    if (value === undefined) throw unreadable(key);
    return value;
  }

  maybe(key: string): string | undefined {
    const value = this.fields[key];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') throw unreadable(key);
    return value;
  }

  count(key: string): number {
    const value = Number(this.fields[key] ?? Number.NaN);
    if (!Number.isInteger(value) || value < 0) throw unreadable(key);
    return value;
  }
}

/** Says the field, never its value: among them are passwords. */
const unreadable = (field: string) =>
  invalidInput('attachment-unreadable', `Cinder's connection_info has no "${field}" that the worker understands.`, {
    mend: 'Look at the attachment (openstack volume attachment show); an incomplete one has no connector.',
    data: { field },
  });
