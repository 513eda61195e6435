import { conflict, LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from './cloud.ts';

/** A server at the primary, as Nova tells of it. */
export interface LiveServer {
  readonly status: string;
  readonly 'OS-EXT-STS:task_state'?: string | null;
}

/** They write nothing, and nothing has them go on by itself. */
const AT_REST = ['SHUTOFF', 'PAUSED', 'SUSPENDED', 'SHELVED', 'SHELVED_OFFLOADED', 'SOFT_DELETED', 'DELETED'];

export const atRest = (live: LiveServer): boolean => AT_REST.includes(live.status);

/** What a server needs next, to be as it is wanted: a call, patience, or nothing. */
export type Next = 'call' | 'wait' | 'nothing';

const isBusy = (live: LiveServer): boolean => Boolean(live['OS-EXT-STS:task_state']);

/** Pure. A server that is not there any more writes nothing. */
export function nextToStop(live: LiveServer | undefined, name: string): Next {
  if (!live) return 'nothing';
  if (isBusy(live)) return 'wait';
  if (atRest(live)) return 'nothing';
  if (live.status === 'ACTIVE') return 'call';
  throw conflict(
    'server-not-stoppable',
    `Server ${name} is ${live.status} at the primary: it cannot be stopped as it is.`,
    {
      mend: 'Bring it to ACTIVE or SHUTOFF, then ask again.',
    },
  );
}

/** Pure, of a server that the run has stopped. One that has gone since cannot be started. */
export function nextToStart(live: LiveServer | undefined, name: string): Next {
  if (!live || live.status === 'ACTIVE') return live && isBusy(live) ? 'wait' : 'nothing';
  if (isBusy(live)) return 'wait';
  if (live.status === 'SHUTOFF') return 'call';
  throw conflict(
    'server-not-startable',
    `Server ${name} is ${live.status} at the primary: it was stopped by the run, and cannot be started as it is.`,
    {
      mend: 'Bring it to ACTIVE or SHUTOFF, then retry the run.',
    },
  );
}

/** `undefined`: there is none any more. */
export async function liveServer(cloud: Cloud, id: string): Promise<LiveServer | undefined> {
  try {
    return (await cloud.compute.get<{ server: LiveServer }>(`/servers/${id}`)).server;
  } catch (thrown) {
    if (thrown instanceof LifeboatError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
}

/** Answers when Nova has taken it on. The guest is asked to shut down, and powered off when it does not in its time. */
export const stopServer = (cloud: Cloud, id: string): Promise<unknown> =>
  cloud.compute.post(`/servers/${id}/action`, { 'os-stop': null });

/** Answers when Nova has taken it on. */
export const startServer = (cloud: Cloud, id: string): Promise<unknown> =>
  cloud.compute.post(`/servers/${id}/action`, { 'os-start': null });
