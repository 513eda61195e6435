import type { Cloud } from '@lifeboat/openstack-client';

interface Seen {
  readonly id: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly owner?: string;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly tags?: readonly string[];
  readonly lifeboat_purpose?: string;
}

async function all(cloud: Cloud, service: 'volume' | 'image', path: string, key: string): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for await (const one of cloud[service].list<Seen>(path, key)) seen.push(one);
  return seen;
}

const volumes = (cloud: Cloud) => all(cloud, 'volume', '/volumes/detail', 'volumes');
const snapshots = (cloud: Cloud) => all(cloud, 'volume', '/snapshots/detail', 'snapshots');
const backups = (cloud: Cloud) => all(cloud, 'volume', '/backups/detail', 'backups');

async function images(cloud: Cloud): Promise<readonly Seen[]> {
  const { projectId } = await cloud.whoAmI();
  return (await all(cloud, 'image', '/images', 'images')).filter(({ owner }) => owner === projectId);
}

const PURPOSE = /lifeboat_purpose=([\w-]+)/;

/** By any of the marks that an object may bear; named by us without one, it is an `export` on its way or a backup. */
function purposeOf(one: Seen, named: string): string | undefined {
  const tag = one.tags?.find((text) => PURPOSE.test(text)) ?? one.description ?? '';
  return (
    one.metadata?.['lifeboat_purpose'] ??
    one.lifeboat_purpose ??
    PURPOSE.exec(tag)?.[1] ??
    (/^(snapshot for )?lifeboat-/.test(one.name ?? '') ? named : undefined)
  );
}

/** `Bench.marked` of an OpenStack project. */
export async function markedIn(cloud: Cloud): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const note = (kind: string, things: readonly Seen[], named: string): void => {
    for (const one of things) {
      const purpose = purposeOf(one, named);
      if (purpose !== undefined) found[`${kind} ${one.id}`] = purpose;
    }
  };
  note('volume', await volumes(cloud), 'temporary');
  note('snapshot', await snapshots(cloud), 'snapshot');
  note('backup', await backups(cloud), 'backup');
  note('image', await images(cloud), 'export');
  return found;
}

/** `Bench.usage` of an OpenStack project, as Cinder counts it: what it makes for itself on the way (temporary volumes of a backup) it does not count. */
export async function usedIn(cloud: Cloud): Promise<Readonly<Record<string, number>>> {
  const { limits } = await cloud.volume.get<{ limits: { absolute: Readonly<Record<string, number>> } }>('/limits');
  const used = (name: string): number => limits.absolute[name] ?? 0;
  return {
    'volume:volumes': used('totalVolumesUsed'),
    'volume:snapshots': used('totalSnapshotsUsed'),
    'volume:gigabytes': used('totalGigabytesUsed'),
    'volume:backups': used('totalBackupsUsed'),
    'volume:backup_gigabytes': used('totalBackupGigabytesUsed'),
    'image:image_count_total': (await images(cloud)).length,
  };
}
