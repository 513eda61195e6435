import type { LifeboatError } from '@lifeboat/kernel';
import { conflict, external, forbidden, notFound, unavailable } from '@lifeboat/kernel';
import { join } from 'node:path';
import type { CephCluster } from './ceph.ts';
import { MOUNT_TIMEOUT_S } from './ceph.ts';

export interface RbdImage {
  readonly cluster: CephCluster;
  readonly pool: string;
  readonly namespace?: string;
  readonly image: string;
  readonly snapshot?: string;
}

export interface IscsiLun {
  /** `192.0.2.7:3260`, `[2001:db8::7]:3260`. */
  readonly portal: string;
  readonly iqn: string;
  readonly lun: number;
  readonly chap?: { readonly user: string; readonly password: string };
  /** Who we say we are; QEMU's own name where nothing is said. */
  readonly initiator?: string;
}

export interface NfsFile {
  readonly host: string;
  /** From the root of the server: export and file. */
  readonly path: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** What QEMU knows how to open. `format` is what the file contains: `raw`, `qcow2`; it is never guessed, since a guest can make raw bytes look like another. */
export type QemuSource =
  | { readonly kind: 'rbd'; readonly at: RbdImage }
  | { readonly kind: 'iscsi'; readonly at: IscsiLun }
  | { readonly kind: 'nfs'; readonly at: NfsFile; readonly format: string }
  | { readonly kind: 'file'; readonly path: string; readonly format: string };

export interface ImageOptions {
  readonly arguments: readonly string[];
  /** To be written before the start, for nobody else to read. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** How an operator calls it. */
export function sourceName(source: QemuSource): string {
  switch (source.kind) {
    case 'rbd':
      return `${specOf(source.at)} of ${source.at.cluster.conf}`;
    case 'iscsi':
      return `LUN ${source.at.lun} of ${source.at.iqn} at ${source.at.portal}`;
    case 'nfs':
      return `${source.at.host}:${source.at.path}`;
    case 'file':
      return source.path;
  }
}

/** As `rbd` takes it. */
export const specOf = ({ pool, namespace, image, snapshot }: RbdImage): string =>
  [pool, namespace, image].filter((part) => part !== undefined).join('/') +
  (snapshot === undefined ? '' : `@${snapshot}`);

/** Pure. Whoever lists processes sees the arguments, so a secret is in a file in `folder` instead. */
export function imageOptions(source: QemuSource, folder: string): ImageOptions {
  switch (source.kind) {
    case 'rbd':
      return { arguments: ['--format', 'raw', rbdFilename(source.at)], files: [] };
    case 'iscsi':
      return iscsiOptions(source.at, join(folder, 'chap'));
    case 'nfs':
      return { arguments: ['--image-opts', options({ driver: source.format, ...nfsOptions(source.at) })], files: [] };
    case 'file':
      return {
        arguments: [
          '--image-opts',
          options({ driver: source.format, 'file.driver': 'file', 'file.filename': source.path }),
        ],
        files: [],
      };
  }
}

/** Unlike the options of its driver, the name takes any setting of Ceph's. */
function rbdFilename({ cluster, pool, namespace, image, snapshot }: RbdImage): string {
  const named = [pool, namespace, image].filter((part) => part !== undefined).map((part) => escaped(part));
  const settings = {
    id: cluster.user,
    conf: cluster.conf,
    ...(cluster.keyring !== undefined && { keyring: cluster.keyring }),
    client_mount_timeout: String(MOUNT_TIMEOUT_S),
  };
  const pairs = Object.entries(settings).map(([key, value]) => `:${key}=${value.replace(/[\\:]/g, '\\$&')}`);
  return `rbd:${named.join('/')}${snapshot === undefined ? '' : `@${escaped(snapshot)}`}${pairs.join('')}`;
}

const escaped = (part: string): string => part.replace(/[\\/@:]/g, '\\$&');

function iscsiOptions({ portal, iqn, lun, chap, initiator }: IscsiLun, secretFile: string): ImageOptions {
  const image = options({
    driver: 'raw',
    'file.driver': 'iscsi',
    'file.transport': 'tcp',
    'file.portal': portal,
    'file.target': iqn,
    'file.lun': String(lun),
    ...(initiator !== undefined && { 'file.initiator-name': initiator }),
    ...(chap && { 'file.user': chap.user, 'file.password-secret': 'chap' }),
  });
  if (!chap) return { arguments: ['--image-opts', image], files: [] };
  const secret = `secret,${options({ id: 'chap', file: secretFile })}`;
  return {
    arguments: ['--object', secret, '--image-opts', image],
    files: [{ path: secretFile, text: chap.password }],
  };
}

const nfsOptions = ({ host, path, uid, gid }: NfsFile): Readonly<Record<string, string>> => ({
  'file.driver': 'nfs',
  'file.server.type': 'inet',
  'file.server.host': host,
  'file.path': path,
  ...(uid !== undefined && { 'file.user': String(uid) }),
  ...(gid !== undefined && { 'file.group': String(gid) }),
});

/** A comma ends a value, two are one. */
const options = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value.replaceAll(',', ',,')}`)
    .join(',');

/** What `qemu-nbd` said before it ended without having served anybody. */
export function qemuFailure(source: QemuSource, exitCode: number | null, stderr: string): LifeboatError {
  const words = withoutSecrets(source, stderr).trim().split('\n').slice(-3).join('; ') || `exit code ${exitCode}`;
  const message = `${sourceName(source)} cannot be opened: ${words}`;
  const data = { kind: source.kind };
  if (/No such file or directory|No such device|does not exist|NFS3ERR_NOENT/i.test(stderr))
    return notFound('device-not-found', message, { data });
  if (/Permission denied|Operation not permitted|LOGIN.*fail|authenticat|Authori[sz]ation/i.test(stderr))
    return forbidden('device-forbids', message, {
      mend: 'Look at the credentials, and at whom the storage lets in.',
      data,
    });
  if (/lock|Device or resource busy/i.test(stderr))
    return conflict('device-busy', message, { mend: 'End what else uses it.', data });
  if (/timed out|refused|unreachable|error connecting|Failed to connect|No route to host/i.test(stderr))
    return unavailable('storage-unreachable', message, {
      mend: "Look whether its storage is reached from the worker's host.",
      data,
    });
  return external('device-not-opened', message, { retry: 'no', data });
}

function withoutSecrets(source: QemuSource, text: string): string {
  const secret = source.kind === 'iscsi' ? source.at.chap?.password : undefined;
  return secret ? text.replaceAll(secret, '…') : text;
}
