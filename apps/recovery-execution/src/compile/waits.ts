import type { Entity, EntityType, Live } from '@lifeboat/openstack-entity-api';
import type { Wait } from './script.ts';

/** The words in which OpenStack says how something is, by the field that has them. */
const WORDS = {
  status: ['ACTIVE', 'SHUTOFF', 'available', 'in-use', 'ERROR', 'error', 'BUILD', 'creating', 'PENDING', 'updating'],
  provisioning_status: ['ACTIVE', 'ERROR', 'PENDING_CREATE', 'PENDING_UPDATE'],
};

const saying = (field: string, word: string): Live => ({ id: '', [field]: word });

/** What its type calls ready and failed, found out by asking it of every word; `undefined` for what is ready at once. Pure. */
export function waitOf(type: EntityType, key: string, path: string): Wait | undefined {
  const { state } = type;
  if (!state) return undefined;
  for (const [field, words] of Object.entries(WORDS)) {
    const fail = words.filter((word) => state(saying(field, word)) === 'failed');
    if (fail.length === 0) continue;
    const until = words.filter((word) => state(saying(field, word)) === 'ready');
    return { path, field: key === '' ? field : `${key}.${field}`, until, fail };
  }
  return undefined;
}

/** What has to come of the last touches. Pure. */
export function settledWait({ settled }: EntityType, kept: Entity, key: string, path: string): Wait | undefined {
  if (!settled) return undefined;
  const until = WORDS.status.filter((word) => settled(saying('status', word), kept));
  return until.length === WORDS.status.length ? undefined : { path, field: `${key}.status`, until, fail: ['ERROR'] };
}

/** In which words what stands is answered, so that nobody waits for it. */
export const READY: Readonly<Record<string, string>> = { volume: 'available', group: 'available' };
