import { illegalState } from '@lifeboat/kernel';

const OLDEST = [2, 10, 23] as const;

/**
 * Refuses servers that lose whole streams when they are killed (nats-server issue 6888, mended in 2.10.23) or that know no `sync_interval: always`
 * (before 2.10).
 */
export function refuseOldServer(version: string | undefined): void {
  const parts = (version ?? '').split(/[.-]/).slice(0, 3).map(Number);
  for (const [i, oldest] of OLDEST.entries()) {
    const part = parts[i] ?? 0;
    if (part > oldest) return;
    if (part < oldest || Number.isNaN(part))
      throw illegalState(
        'nats-too-old',
        `nats-server ${version ?? '(unknown version)'} can lose what it has acknowledged.`,
        { mend: `Run nats-server ${OLDEST.join('.')} or newer with "sync_interval: always".` },
      );
  }
}

export type SyncCheck = 'always' | 'not-always' | 'unknown';

/** Whether the server flushes before it acknowledges, as its monitoring port says; a client's connection does not tell. */
export async function syncOf(monitorUrl: string | undefined): Promise<SyncCheck> {
  if (!monitorUrl) return 'unknown';
  try {
    const varz = (await (await fetch(`${monitorUrl.replace(/\/+$/, '')}/varz`)).json()) as {
      jetstream?: { config?: { sync_always?: boolean } };
    };
    return varz.jetstream?.config?.sync_always ? 'always' : 'not-always';
  } catch {
    return 'unknown'; // The check is advice: a monitoring port that is away must not keep a service from starting.
  }
}
