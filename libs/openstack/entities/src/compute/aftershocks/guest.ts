import type { Json } from '@lifeboat/kernel';
import type { Aftershock, Entity, Topology } from '@lifeboat/openstack-entity-api';
import { many } from '../../fields.ts';
import { findingsIn, linesWith, userDataText } from './user-data.ts';

const guest = (code: string, message: string, mend: string): Aftershock => ({ code, about: 'guest', message, mend });

/** Virtio shows the first 20 characters of a volume's id as the disk's serial. */
const SERIAL_LENGTH = 20;
const serialOf = (volumeId: string): string => volumeId.slice(0, SERIAL_LENGTH);

function newInstance(text: string | undefined, unseen: boolean): Aftershock {
  const { steps } = findingsIn(text ?? '');
  const known = steps.length > 0 ? `; its user data names ${steps.join(', ')}` : '';
  return guest(
    'new-instance-id',
    `It gets a new id, so cloud-init takes it for a new instance and runs its once-per-instance steps again (new SSH host keys among them)${known}${unseen ? '; what its user data says could not be read' : ''}.`,
    'Make those steps safe to run twice, or switch cloud-init off in the guest (/etc/cloud/cloud-init.disabled).',
  );
}

const overwrites = (text: string | undefined): readonly Aftershock[] =>
  text !== undefined && findingsIn(text).overwrites
    ? [
        guest(
          'disks-formatted-again',
          'Its user data partitions or formats disks with "overwrite: true", which cloud-init does again in a new instance: recovered data would be lost.',
          'Take "overwrite" out of disk_setup and fs_setup; Nova changes the user data of a server only when it is rebuilt (2.57).',
        ),
      ]
    : [];

/** Where the text names them is said by line number only. */
function disks(kept: Entity, text: string | undefined): readonly Aftershock[] {
  const volumes = many(kept, 'volumes');
  if (volumes.length === 0) return [];
  const lines =
    text === undefined ? [] : linesWith(text, ['/dev/disk/by-id/', ...volumes.map(({ id }) => serialOf(id))]);
  const named = lines.length > 0 ? ` Its user data names disks that way in line ${lines.join(', ')}.` : '';
  return [
    guest(
      'disk-serials-change',
      `Its ${volumes.length === 1 ? 'volume gets a new id' : 'volumes get new ids'}: ${volumes.map(({ id }) => `/dev/disk/by-id/virtio-${serialOf(id)}`).join(', ')} will not be there.${named}`,
      'Mount by file system label or UUID.',
    ),
  ];
}

/** Ids and addresses of the source that are of no use at the target. */
function gone(all: Topology): ReadonlyMap<string, string> {
  const ids = all.entities
    .filter(({ kind, id }) => id.length >= 32 && kind !== 'project')
    .map(({ kind, id, name }): [string, string] => [id, `${kind} ${name || id}`]);
  const addresses = all.of('floating-ip').map(({ name }): [string, string] => [name, `floating IP ${name}`]);
  return new Map([...ids, ...addresses.filter(([address]) => address !== '')]);
}

function quotesOld(kept: Entity, all: Topology, text: string | undefined): readonly Aftershock[] {
  const old = [...gone(all)];
  const metadata = Object.entries((kept.spec['metadata'] ?? {}) as Record<string, Json>);
  const named = [
    ...metadata.flatMap(([key, value]) =>
      old.filter(([word]) => String(value).includes(word)).map(([, what]) => `metadata ${key} names ${what}`),
    ),
    ...old.flatMap(([word, what]) => {
      const lines = text === undefined ? [] : linesWith(text, [word]);
      return lines.length > 0 ? [`user data line ${lines.join(', ')} names ${what}`] : [];
    }),
  ];
  if (named.length === 0) return [];
  return [
    guest(
      'names-what-changes',
      `It is told of ids or addresses of the source, which are carried as they are: ${named.join('; ')}.`,
      'Let the guest look them up by name, or change them after the recovery.',
    ),
  ];
}

function macs(kept: Entity, all: Topology): readonly Aftershock[] {
  const foreign = many(kept, 'ports').filter((ref) => {
    const network = all.get(ref)?.refs['network'];
    return network && 'kind' in network && all.get(network)?.observed['foreign'] === true;
  });
  if (foreign.length === 0) return [];
  return [
    guest(
      'mac-may-change',
      `It has ${foreign.length === 1 ? 'a port' : `${foreign.length} ports`} on a network of somebody else, where only an administrator may choose a MAC address or a fixed IP.`,
      'Where the guest matches interfaces by MAC address (netplan, udev), match by name instead.',
    ),
  ];
}

/** What the software in a recovered server will see differently. */
export const guestShocks = (kept: Entity, all: Topology, userData: string | undefined): readonly Aftershock[] => {
  const text = userDataText(userData);
  return [
    newInstance(text, kept.unseen?.some(({ field }) => field === 'user_data') === true),
    ...overwrites(text),
    ...disks(kept, text),
    ...quotesOld(kept, all, text),
    ...macs(kept, all),
  ];
};
