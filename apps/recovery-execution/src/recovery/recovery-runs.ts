import { ReadTopology, RecreateEntities } from '@lifeboat/contracts';
import type { DataOf } from '@lifeboat/contracts';
import { illegalState, notFound, openSecret } from '@lifeboat/kernel';
import type { SealedSecret } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity, Rebuild, Topology } from '@lifeboat/openstack-entity-api';
import { Asker, Database, SETTINGS, Sites } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { StoredLedger } from './stored-ledger.ts';

export type RecoveryInput = DataOf<typeof RecreateEntities>;

/** Everything the engines need for a run, put together from what was stored. Nothing of it leads to the primary. */
@Injectable()
export class RecoveryRuns {
  private readonly topologies = new Map<string, Topology>();

  constructor(
    private readonly database: Database,
    private readonly asker: Asker,
    private readonly sites: Sites,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_SECRET_KEY: string },
  ) {}

  /** Intent before effect: what the run will make is known before it makes anything. Refused when the run's removal was asked for, which may come first. */
  async remember(input: RecoveryInput): Promise<void> {
    const [row] = await this.database.query<{ removed: boolean }[]>(
      `insert into recovery_run as r (run_id, input) values ($1, $2)
       on conflict (run_id) do update set input = coalesce(r.input, excluded.input) returning removed`,
      [input.runId, JSON.stringify(input)],
    );
    if (row?.removed) throw beingRemoved(input.runId);
  }

  /** For what a run does beside making things: not when its removal was asked for, which may come first. */
  async refuseRemoved(runId: string): Promise<void> {
    const [row] = await this.database.query<{ removed: boolean }[]>(
      `select removed from recovery_run where run_id = $1`,
      [runId],
    );
    if (row?.removed) throw beingRemoved(runId);
  }

  /** From now on nothing is made for the run. */
  async close(tx: EntityManager, runId: string): Promise<void> {
    await tx.query(
      `insert into recovery_run (run_id, removed) values ($1, true) on conflict (run_id) do update set removed = true`,
      [runId],
    );
  }

  async input(runId: string): Promise<RecoveryInput | undefined> {
    const [row] = await this.database.query<{ input: RecoveryInput | null }[]>(
      `select input from recovery_run where run_id = $1`,
      [runId],
    );
    return row?.input ?? undefined;
  }

  /** For what follows a recreation. Throws `not-found` `recovery-not-found`. */
  async knownInput(runId: string): Promise<RecoveryInput> {
    const input = await this.input(runId);
    if (!input) throw notFound('recovery-not-found', `Run ${runId} has recreated nothing.`);
    return input;
  }

  async rebuildOf(input: RecoveryInput, signal: AbortSignal): Promise<Rebuild> {
    const key = this.settings.LIFEBOAT_SECRET_KEY;
    return {
      runId: input.runId,
      source: input.source,
      cloud: await this.sites.open(input.target),
      registry: entities,
      topology: await this.topology(input.metadata),
      ledger: new StoredLedger(this.database, input.runId),
      provided: providedOf(input),
      blank: blankOf(input),
      mappings: input.mappings,
      ...(input.isolated && { isolated: true }),
      open: (sealed) => openSecret(sealed as SealedSecret, key),
      signal,
    };
  }

  /** As it was captured. */
  async topology(metadata: string): Promise<Topology> {
    const known = this.topologies.get(metadata);
    if (known) return known;
    const all: Entity[] = [];
    let cursor: number | undefined = 0;
    while (cursor !== undefined) {
      const page: { entities: unknown[]; next?: number | undefined } = await this.asker.ask(ReadTopology, {
        metadata,
        cursor,
      });
      all.push(...(page.entities as Entity[]));
      cursor = page.next;
    }
    const read = topology(all);
    this.topologies.clear(); // One at a time is enough, and keeps memory flat.
    this.topologies.set(metadata, read);
    return read;
  }
}

const beingRemoved = (runId: string) =>
  illegalState('run-being-removed', `What run ${runId} made is removed; it makes nothing any more.`);

const WHY_BLANK = {
  application: 'its application replicates the data by itself: the copy is blank',
  nothing: "the policy's rule has nothing of it carried: the copy is blank",
};

function blankOf({ copies }: Pick<RecoveryInput, 'copies'>): ReadonlyMap<string, string> {
  return new Map(
    copies.flatMap(({ diskKind, diskId, carries }) =>
      carries === undefined ? [] : [[`${diskKind}/${diskId}`, WHY_BLANK[carries]] as const],
    ),
  );
}

/** Source → target of what other services have made: `kind/id`. */
function providedOf(input: Pick<RecoveryInput, 'images' | 'copies'>): ReadonlyMap<string, string> {
  return new Map([
    ...input.images.map((image) => [`image/${image.sourceId}`, image.targetId] as const),
    ...input.copies.map((copy) => [`${copy.diskKind}/${copy.diskId}`, copy.targetId] as const),
  ]);
}
