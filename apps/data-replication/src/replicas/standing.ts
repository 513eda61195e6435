import type { Cloud } from '@lifeboat/openstack-client';

/** An object at a recovery site, of a kind that may be kept with a point. */
export interface Standing {
  /** `volume 5f2c…`: the same for one object at every look. */
  readonly name: string;
  /** As its service says it: `available`, `error_deleting`. */
  readonly status: string;
  readonly marks: Readonly<Record<string, string>>;
}

interface Live {
  readonly id: string;
  readonly status: string;
  readonly owner?: string;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly tags?: readonly string[];
}

/** What stays as long as its point; all else that drivers make passes. */
const KEPT = new Set(['replica', 'point', 'backup']);
const MARK = /(lifeboat_\w+)=(\S+)/g;

const LISTS = [
  { kind: 'volume', service: 'volume', path: '/volumes/detail', key: 'volumes' },
  { kind: 'snapshot', service: 'volume', path: '/snapshots/detail', key: 'snapshots' },
  { kind: 'backup', service: 'volume', path: '/backups/detail', key: 'backups' },
  { kind: 'image', service: 'image', path: '/images', key: 'images' },
] as const;

/** By list calls. Throws what a list throws: of a site that does not answer nothing can be said. */
export async function standingAt(cloud: Cloud): Promise<readonly Standing[]> {
  return (await listedAt(cloud)).filter(({ marks }) => KEPT.has(marks['lifeboat_purpose'] ?? ''));
}

/** All of the project's, whoever made it. As `standingAt`. */
export async function listedAt(cloud: Cloud): Promise<readonly Standing[]> {
  const { projectId } = await cloud.whoAmI();
  const found: Standing[] = [];
  for (const { kind, service, path, key } of LISTS)
    for await (const live of cloud[service].list<Live>(path, key))
      if (live.owner === undefined || live.owner === projectId)
        found.push({ name: `${kind} ${live.id}`, status: live.status, marks: marksIn(live) });
  return found;
}

/** Wherever its service has a place for them: metadata, tags, the description. */
const marksIn = ({ metadata, tags, description }: Live): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...[...`${(tags ?? []).join(' ')} ${description ?? ''}`.matchAll(MARK)].map(([, key = '', value = '']) => [
      key,
      value,
    ]),
    ...Object.entries(metadata ?? {}).filter(([key]) => key.startsWith('lifeboat_')),
  ]);
