import type { Json } from '@lifeboat/kernel';
import { randomUUID } from 'node:crypto';
import { captureGroup, captureProject } from '../capture.ts';
import type { Snapshot } from '../capture.ts';
import { apiOf } from '../extensions.ts';
import type { Entity, EntityType, Ref, Topology } from '../entity.ts';
import { MemoryLedger, RETURNED } from '../ledger.ts';
import type { Ledger } from '../ledger.ts';
import { rebuild } from '../rebuild.ts';
import { RunState } from '../run-state.ts';
import type { Rebuild } from '../run-state.ts';
import { receipt } from '../receipt.ts';
import type { EntityReceipt } from '../receipt.ts';
import type { Registry } from '../registry.ts';
import { removeAll } from '../remove.ts';
import type { Removal } from '../remove.ts';
import { findLeaks } from '../leaks.ts';
import { findStrangers } from '../strangers.ts';
import { refKey, topology } from '../topology.ts';
import { waysOut } from '../ways-out.ts';
import type { WayOut } from '../ways-out.ts';
import type { EntityBench } from './entity-bench.ts';

interface Stands {
  /** `kind/id` of the source → id at the target. */
  readonly ids: ReadonlyMap<string, string>;
  readonly inventory: readonly string[];
}

/** What one is like at the target. */
export type Looks = Pick<Entity, 'kind' | 'name' | 'spec' | 'refs'>;

/** Sealing is not what is tried here; a digest is all that a receipt needs. */
const seal = (plain: string): Json => ({ $sealed: plain, digest: `digest of ${plain}` });
const open = (sealed: Json): string => String((sealed as { readonly $sealed: string }).$sealed);

/** One workload on its way through capture, recreation, repetition and removal; each stage happens once, whoever asks for it first. */
export class Trial {
  private readonly stages = new Map<string, Promise<unknown>>();
  private readonly runId = randomUUID();
  private ledger: Ledger = new MemoryLedger();

  constructor(
    private readonly bench: EntityBench,
    private readonly types: Registry,
  ) {}

  captured(): Promise<{ readonly first: Topology; readonly second: Topology; excused(type: EntityType): boolean }> {
    return this.once('captured', async () => {
      const [first, second] = [await this.snapshot(), await this.snapshot()];
      return {
        first: this.groupOf(first),
        second: this.groupOf(second),
        // Nothing of it can be there, and the capture says so; or it is only detected, and there is none.
        excused: (type) =>
          [type.service, apiOf(type)].some((api) => first.absentServices.includes(api)) ||
          (type.reported !== undefined && first.all.of(type.kind).length === 0) ||
          first.skipped.some(({ kind, id }) => kind === type.kind && id === ''),
      };
    });
  }

  recreated(): Promise<
    Stands & {
      readonly before: readonly string[];
      readonly receipts: readonly EntityReceipt[];
      strangers(): ReturnType<typeof findStrangers>;
    }
  > {
    return this.once('recreated', async () => {
      const run = await this.run();
      const before = await this.bench.inventory();
      await rebuild(run);
      const state = await RunState.load(run);
      const receipts = receipt(run.topology, await this.recapture(run, state), state);
      return { ...(await this.stands()), before, receipts, strangers: () => findStrangers(state) };
    });
  }

  calledAgain(): Promise<Stands> {
    return this.once('called again', async () => {
      await rebuild(await this.run());
      return this.stands();
    });
  }

  /** As if every create call had been the last thing that a killed process did: the ledger knows of intents only. */
  cutOff(): Promise<Stands> {
    return this.once('cut off', async () => {
      await this.recreated();
      const forgetful = new MemoryLedger();
      for (const entry of await this.ledger.entries())
        await forgetful.put(
          entry.how === 'created' ? { ref: entry.ref, state: 'intended', before: entry.before ?? [] } : entry,
        );
      this.ledger = forgetful;
      await rebuild(await this.run());
      return this.stands();
    });
  }

  removed(): Promise<Removal & { readonly inventory: readonly string[]; again(): Promise<Removal> }> {
    return this.once('removed', async () => {
      const run = await this.run();
      const removal = await removeAll(run);
      return { ...removal, inventory: await this.bench.inventory(), again: () => removeAll(run) };
    });
  }

  /** A drill of the same workload, when nothing of the run is left: cut off while it stands, and gone after it. */
  rehearsed(): Promise<{
    readonly receipts: readonly EntityReceipt[];
    readonly waysOut: readonly WayOut[];
    readonly leaksBefore: number;
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly left: Removal['left'];
    readonly leaks: readonly Ref[];
  }> {
    return this.once('rehearsed', async () => {
      await this.removed();
      // Copies of its own: volumes that go with their server went with the first run's.
      const provided = await this.bench.provide((await this.captured()).first);
      const before = await this.bench.inventory();
      const rehearsal = { runId: randomUUID(), ledger: new MemoryLedger(), provided, isolated: true } as const;
      const run: Rebuild = { ...(await this.run()), ...rehearsal };
      await rebuild(run);
      const state = await RunState.load(run);
      const recovered = await this.recapture(run, state);
      const leaksBefore = (await findLeaks(state)).leaks.length;
      const { left } = await removeAll(run);
      const { leaks } = await findLeaks(await RunState.load(run));
      const after = await this.bench.inventory();
      const receipts = receipt(run.topology, recovered, state);
      return { receipts, waysOut: waysOut(recovered, state), leaksBefore, before, after, left, leaks };
    });
  }

  /**
   * The workload stands at the target, as of an earlier time there, and comes home to it: by a second run, which is then undone. `notBack`: what an earlier run
   * had made, may come back, and did not.
   */
  comesHome(): Promise<{
    readonly receipts: readonly EntityReceipt[];
    readonly back: number;
    readonly notBack: readonly string[];
    readonly left: Removal['left'];
    readonly before: readonly Looks[];
    readonly after: readonly Looks[];
  }> {
    return this.once('comes home', async () => {
      await this.rehearsed();
      const { first } = await this.captured();
      const earlier: Rebuild = { ...(await this.run()), ...(await this.another(first)) };
      await rebuild(earlier);
      const made = (await earlier.ledger.entries()).filter(({ how, targetId }) => how === 'created' && targetId);
      const originals = made
        .filter(({ ref }) => this.types.get(ref.kind).yields)
        .map(({ ref, targetId = '' }) => ({ kind: ref.kind, id: targetId }));
      await this.bench.rest(originals.map(({ id }) => id));
      const origins = new Map(made.map(({ ref, targetId = '' }) => [refKey(ref), targetId]));
      const run: Rebuild = { ...earlier, ...(await this.another(first)), origins, originals };
      const before = await this.looksThere();
      await rebuild(run);
      const state = await RunState.load(run);
      const receipts = receipt(run.topology, await this.recapture(run, state), state);
      const back = new Set(
        [...state.entries.values()].filter(({ how }) => how === RETURNED).map(({ ref }) => refKey(ref)),
      );
      const { left } = await removeAll(run);
      const after = await this.looksThere();
      const could = made.filter(({ ref }) => this.types.get(ref.kind).returns).map(({ ref }) => refKey(ref));
      return { receipts, back: back.size, notBack: could.filter((key) => !back.has(key)), left, before, after };
    });
  }

  private async another(captured: Topology): Promise<Pick<Rebuild, 'runId' | 'ledger' | 'provided'>> {
    return { runId: randomUUID(), ledger: new MemoryLedger(), provided: await this.bench.provide(captured) };
  }

  /** By what they are like, as some are made again under other ids. */
  private async looksThere(): Promise<readonly Looks[]> {
    const { all } = await captureProject({ cloud: this.bench.target, registry: this.types, seal });
    return all.entities
      .filter(({ kind }) => kind !== 'volume')
      .map(({ kind, name, spec, refs }) => ({ kind, name, spec, refs }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  private once<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const running = (this.stages.get(stage) as Promise<T> | undefined) ?? work();
    this.stages.set(stage, running);
    return running;
  }

  private snapshot(): Promise<Snapshot> {
    return captureProject({ cloud: this.bench.source, registry: this.types, seal });
  }

  private groupOf(snapshot: Snapshot): Topology {
    return captureGroup(snapshot, this.types, this.bench.roots).topology;
  }

  private async run(): Promise<Rebuild> {
    const { first } = await this.captured();
    return {
      runId: this.runId,
      source: this.bench.source.site,
      cloud: this.bench.target,
      registry: this.types,
      topology: first,
      ledger: this.ledger,
      provided: await this.once('provided', () => this.bench.provide(first)),
      mappings: this.bench.mappings ?? {},
      open,
      signal: new AbortController().signal,
    };
  }

  private async stands(): Promise<Stands> {
    const entries = await this.ledger.entries();
    return {
      ids: new Map(entries.map((entry) => [refKey(entry.ref), entry.targetId ?? ''])),
      inventory: await this.bench.inventory(),
    };
  }

  private async recapture(run: Rebuild, state: RunState): Promise<Topology> {
    const { all } = await captureProject({ cloud: run.cloud, registry: run.registry, seal });
    const further: Entity[] = [];
    for (const { ref, targetId } of state.entries.values()) {
      if (targetId === undefined || all.get({ kind: ref.kind, id: targetId })) continue;
      const live = await run.registry.get(ref.kind).get(run.cloud, targetId, state.scope);
      if (live) further.push({ ...run.registry.get(ref.kind).capture(live, state.scope), kind: ref.kind });
    }
    return topology([...all.entities, ...further]);
  }
}
