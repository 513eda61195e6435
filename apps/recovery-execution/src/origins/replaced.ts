import type { DiskCopy, NamedRef } from '@lifeboat/contracts';
import type { LedgerEntry, Ref, Topology } from '@lifeboat/openstack-entity-api';
import { MADE_WAY, refKey } from '@lifeboat/openstack-entity-api';
import type { z } from 'zod';

type Named = z.infer<typeof NamedRef>;

/** A run that brought the group here before. */
export interface Earlier {
  readonly copies: readonly DiskCopy[];
  readonly entries: readonly LedgerEntry[];
}

/**
 * Pure: what of the group stands at its home, by `origins` and by nothing else, for which a run has made another: servers first, then the volumes that they
 * hold, then the images that an earlier run had made for them to boot from. `origins`: `kind/id` where the group was → id at home.
 */
export function replaced(
  origins: ReadonlyMap<string, string>,
  made: readonly LedgerEntry[],
  captured: Topology,
  earlier: readonly Earlier[],
): readonly Named[] {
  const serving = new Set(
    made.flatMap(({ ref, how, targetId }) =>
      targetId !== undefined && how !== MADE_WAY ? [refKey({ kind: ref.kind, id: targetId })] : [],
    ),
  );
  const originals = ['server', 'volume'].flatMap((kind) =>
    [...origins].flatMap(([key, id]): Named[] => {
      const [of = '', ...rest] = key.split('/');
      const name = captured.get({ kind, id: rest.join('/') })?.name ?? '';
      return of === kind && !serving.has(refKey({ kind, id })) ? [{ kind, id, name }] : [];
    }),
  );
  const servers = originals.filter(({ kind }) => kind === 'server');
  return [...originals, ...servers.flatMap((server) => bootedFrom(server, earlier))];
}

/** The copy of its root disk. */
const bootedFrom = (server: Named, earlier: readonly Earlier[]): readonly Named[] =>
  earlier.flatMap(({ copies, entries }) => {
    const source: Ref | undefined = entries.find(
      ({ ref, targetId }) => ref.kind === 'server' && targetId === server.id,
    )?.ref;
    return copies
      .filter(({ kind, diskKind, diskId }) => kind === 'image' && diskKind === 'server-root' && diskId === source?.id)
      .map(({ targetId }) => ({ kind: 'image', id: targetId, name: server.name }));
  });
