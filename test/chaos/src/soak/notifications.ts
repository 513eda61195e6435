import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { Killer } from '../killer.ts';
import { NotifiedSite } from './site.ts';
import type { Version } from './site.ts';

const VOLUMES = 20;
const CHUNK = 500;
/** So many are sent and not yet heard at the most: RabbitMQ's queue of the bridge is bounded, and what a cloud sends comes slower than this. */
const MOST_UNDER_WAY = 50_000;
const POLL_MS = 200;
const SAY_EVERY_MS = 5_000;
const PATIENCE_MS = 600_000;

export interface SoakOptions {
  readonly count: number;
  readonly seed: number;
  /** So many at least, spread over all that is sent; nobody is killed twice before everybody once. */
  readonly leastKills: number;
  /** Between two kills. */
  readonly betweenMs: readonly [number, number];
  readonly say: (what: string) => void;
}

export interface Soaked {
  readonly sent: number;
  /** Notifications whose entity was never marked. */
  readonly lost: number;
  /** Volumes that are stored otherwise than they are. */
  readonly unlike: readonly string[];
  /** Versions that say the same as the one before. */
  readonly twice: readonly string[];
  readonly renames: number;
  readonly gaps: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/**
 * Sends so many notifications, each of an entity of its own, and among them the renames of real volumes, while everything on their way is killed -9 over and
 * over. A notification that was lost is an entity that was never marked dirty; an effect that came twice is a version that says what the one before said.
 */
export async function soakNotifications(options: SoakOptions): Promise<Soaked> {
  const { count, seed, betweenMs, say } = options;
  const site = await NotifiedSite.start(VOLUMES);
  const killer = new Killer(site.victims, seed, betweenMs);
  const began = Date.now();
  try {
    const renames = await send(site, count, paceOf(site, killer, options));
    await killer.stop();
    say(`all sent; ${killer.total} kills`);
    const wanted = count + VOLUMES;
    await until('all to be heard', async () => ((await site.flagged()) >= wanted ? true : undefined), {
      timeoutMs: PATIENCE_MS,
    }).catch(() => undefined);
    const heard = await site.flagged();
    say(`${heard} of ${wanted} heard`);
    await until('nothing to be dirty', async () => ((await site.dirty()) === 0 ? true : undefined), {
      timeoutMs: PATIENCE_MS,
    });
    const versions = await site.versions();
    return {
      sent: count,
      lost: wanted - heard,
      unlike: unlikeOf(await site.names(), versions),
      twice: twiceIn(versions),
      renames,
      gaps: await site.gaps(),
      kills: Object.fromEntries([...killer.kills].toSorted(([a], [b]) => a.localeCompare(b))),
      seconds: seconds(began),
    };
  } finally {
    await killer.stop();
    await site.stop();
  }
}

/** Waits until it is time for what comes after so many. */
type Pace = (sent: number) => Promise<void>;

/** Kills are spread over all that is sent, and what waits on its way is bounded. */
function paceOf(site: NotifiedSite, killer: Killer, { count, leastKills, say }: SoakOptions): Pace {
  const began = Date.now();
  let said = began;
  return async (sent) => {
    while (killer.total < (leastKills * sent) / count) await pause(POLL_MS);
    if (Date.now() - said < SAY_EVERY_MS) return;
    said = Date.now();
    let heard = await site.flagged();
    say(`${sent} of ${count} sent, ${heard} heard, ${killer.total} kills, ${seconds(began)} s`);
    for (; sent - heard > MOST_UNDER_WAY; heard = await site.flagged()) await pause(POLL_MS);
  };
}

/** Answers how often a volume was renamed; each is at least once. */
async function send(site: NotifiedSite, count: number, pace: Pace): Promise<number> {
  let renames = 0;
  for (let sent = 0; sent < count; sent += CHUNK) {
    const volume = site.volumes[renames % VOLUMES] ?? '';
    await site.rename(volume, `renamed ${renames++}`);
    const strangers = Array.from({ length: Math.min(CHUNK, count - sent) }, () => newId());
    await site.publish([volume, ...strangers].map((id) => updated(id, site.projectId)));
    await pace(sent + strangers.length);
  }
  return renames;
}

/** As Cinder tells of it. */
const updated = (id: string, projectId: string): object => ({
  message_id: newId(),
  publisher_id: 'volume.soak',
  event_type: 'volume.update.end',
  priority: 'INFO',
  timestamp: new Date().toISOString().replace('Z', ''),
  payload: { volume_id: id, tenant_id: projectId },
});

function unlikeOf(names: ReadonlyMap<string, string>, versions: readonly Version[]): readonly string[] {
  const last = new Map(versions.map((version) => [version.id, version]));
  return [...names].filter(([id, name]) => last.get(id)?.name !== name).map(([id]) => id);
}

const twiceIn = (versions: readonly Version[]): readonly string[] =>
  versions
    .filter(({ id, digest }, at) => versions[at - 1]?.id === id && versions[at - 1]?.digest === digest)
    .map(({ id, digest }) => `${id} ${digest}`);

const seconds = (since: number): number => Math.round((Date.now() - since) / 1_000);
