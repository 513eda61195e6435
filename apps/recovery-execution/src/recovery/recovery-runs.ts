import { ReadTopology, RecreateEntities, StageEntities } from '@lifeboat/contracts';
import type { DataOf } from '@lifeboat/contracts';
import { illegalState, notFound, openSecret } from '@lifeboat/kernel';
import type { SealedSecret } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import { refKey, stagedPart, standingOf, TAKEN_UP, topology } from '@lifeboat/openstack-entity-api';
import type { Entity, Rebuild, Topology } from '@lifeboat/openstack-entity-api';
import { Asker, Database, SETTINGS, Sites } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Origins } from '../origins/origins.ts';
import { Stages } from '../stages/stages.ts';
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
    private readonly origins: Origins,
    private readonly stages: Stages,
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

  /** Until the transaction ends nobody closes the run. Refused where somebody has. */
  async keepOpen(tx: EntityManager, runId: string): Promise<void> {
    const [row]: { removed: boolean }[] = await tx.query(
      `select removed from recovery_run where run_id = $1 for share`,
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
      topology: await this.topologyOf(input),
      ledger: new StoredLedger(this.database, input.runId),
      provided: providedOf(input),
      blank: blankOf(input),
      mappings: input.mappings,
      ...(input.isolated && { isolated: true }),
      ...(input.home && (await this.homeOf(input))),
      ...(input.staged && (await this.takenUpBy(input))),
      heldByOthers: await this.heldByOthers(input),
      open: (sealed) => openSecret(sealed as SealedSecret, key),
      signal,
    };
  }

  /** What the group has, or had, where it comes home to. */
  private async homeOf(input: RecoveryInput): Promise<Pick<Rebuild, 'origins' | 'originals'>> {
    const origins = await this.origins.between(input);
    const originals = await this.origins.at(input.groupId, input.target, YIELDING);
    return { origins, originals };
  }

  /** What stands staged and serves the run, or would. */
  private async takenUpBy(input: RecoveryInput): Promise<Pick<Rebuild, 'origins' | 'stage'>> {
    const stage = await this.stages.of(input);
    if (stage === undefined) return {};
    return { stage, origins: standingOf(await new StoredLedger(this.database, stage).entries()) };
  }

  /** A stage as it is wanted by what was captured, and what it was of before. */
  async stageOf(
    stageId: string,
    data: Pick<DataOf<typeof StageEntities>, 'metadata' | 'mappings'>,
    signal: AbortSignal,
  ): Promise<{ readonly run: Rebuild; readonly former: Topology }> {
    const wanted = stagedPart(await this.topology(data.metadata), entities);
    const run = await this.rebuildOf(await this.knownInput(stageId), signal);
    const former = (await this.ownTopology(stageId)) ?? topology([]);
    return { run: { ...run, stage: stageId, mappings: data.mappings, topology: wanted }, former };
  }

  /** What this run made, and a later one serves by because it stood there. */
  private async heldByOthers({ groupId, runId, target }: RecoveryInput): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ kind: string; target_id: string }[]>(
      `select e.kind, e.target_id from ledger_entry e join recovery_run r using (run_id)
       where r.run_id <> $1 and r.input->>'groupId' = $2 and r.input->>'target' = $3 and e.how = any($4) and e.state <> 'removed'`,
      [runId, groupId, target, TAKEN_UP],
    );
    return new Set(rows.map(({ kind, target_id }) => refKey({ kind, id: target_id })));
  }

  /** Runs that brought the same group to the same site before. */
  async earlierTo({ groupId, runId, target }: RecoveryInput): Promise<readonly RecoveryInput[]> {
    const rows = await this.database.query<{ input: RecoveryInput }[]>(
      `select input from recovery_run where run_id <> $1 and not removed and not stage and input->>'groupId' = $2 and input->>'target' = $3`,
      [runId, groupId, target],
    );
    return rows.map(({ input }) => input);
  }

  /** What the run was made of: as the run keeps it by itself, else as it was captured for its point. */
  async topologyOf({ runId, metadata }: Pick<RecoveryInput, 'runId' | 'metadata'>): Promise<Topology> {
    return (await this.ownTopology(runId)) ?? this.topology(metadata);
  }

  private async ownTopology(runId: string): Promise<Topology | undefined> {
    const [row] = await this.database.query<{ topology: Entity[] }[]>(
      `select topology from recovery_run where run_id = $1 and topology is not null`,
      [runId],
    );
    return row && topology(row.topology);
  }

  /** From now on the run can be removed although its point, and what was captured for it, is gone; what a stage is of is kept as it stands. */
  async keepTopology(tx: EntityManager, runId: string, { entities: all }: Topology): Promise<void> {
    await tx.query(`update recovery_run set topology = $2 where run_id = $1`, [runId, JSON.stringify(all)]);
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
const YIELDING = entities.all.filter((type) => type.yields).map(({ kind }) => kind);

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
