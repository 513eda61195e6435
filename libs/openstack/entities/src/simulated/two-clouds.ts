import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import {
  captureGroup,
  captureProject,
  mappingBlockers,
  MemoryLedger,
  rebuild,
  receipt,
  removeAll,
  RunState,
  waysOut,
} from '@lifeboat/openstack-entity-api';
import type { EntityReceipt, Ledger, Rebuild, Ref, Snapshot, Topology, WayOut } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { FurtherService, Simulator } from '@lifeboat/openstack-simulator';
import { openSimulated } from '@lifeboat/testing';
import { entities } from '../index.ts';

type As = { readonly username?: string; readonly project?: string };

/** Sealed well enough to see that nothing else was kept. */
const seal = (plain: string): Json => ({
  $sealed: Buffer.from(plain).toString('base64'),
  digest: `of ${Buffer.from(plain).toString('hex')}`,
});
const open = (sealed: Json): string =>
  Buffer.from(String((sealed as { readonly $sealed: string }).$sealed), 'base64').toString();

export interface Recovered {
  readonly receipts: readonly EntityReceipt[];
  /** Why an entity was left out, or what stands for it. */
  how(ref: Ref): string | undefined;
  there(ref: Ref): string;
  readonly waysOut: readonly WayOut[];
  /** What would have stopped it before it began. */
  blockers(): ReturnType<typeof mappingBlockers>;
  remove(): ReturnType<typeof removeAll>;
}

/** Two small played clouds with services that a cloud need not have: for traps of single types. */
export class TwoClouds {
  private readonly opened: Cloud[] = [];

  private constructor(
    readonly here: Simulator,
    readonly there: Simulator,
  ) {}

  static async start(...furtherServices: readonly FurtherService[]): Promise<TwoClouds> {
    const small = { gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 2, furtherServices };
    const [here, there] = await Promise.all([
      startSimulator({ ...small, name: 'here' }),
      startSimulator({ ...small, name: 'there', floatingPrefix: '172.24.5' }),
    ]);
    return new TwoClouds(here, there);
  }

  open(of: Simulator, as: As = {}): Cloud {
    const cloud = openSimulated(of, as);
    this.opened.push(cloud);
    return cloud;
  }

  look = (cloud: Cloud): Promise<Snapshot> => captureProject({ cloud, registry: entities, seal });

  /** Recreates what these roots hold; nothing is copied. */
  async recover(
    source: Cloud,
    target: Cloud,
    roots: readonly Ref[],
    more: Partial<Pick<Rebuild, 'isolated' | 'mappings' | 'provided' | 'origins' | 'originals' | 'stage'>> = {},
  ): Promise<Recovered> {
    const { topology } = captureGroup(await this.look(source), entities, roots);
    const run = { ...runOf(source, target, topology, new MemoryLedger()), ...more };
    await rebuild(run);
    const state = await RunState.load(run);
    const { all } = await this.look(target);
    return {
      receipts: receipt(topology, all, state),
      waysOut: waysOut(all, state),
      blockers: () => RunState.load({ ...run, ledger: new MemoryLedger() }).then(mappingBlockers),
      how: (ref) => state.entry(ref)?.how,
      there: (ref) => state.entry(ref)?.targetId ?? '',
      remove: () => removeAll(run),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.opened.map((cloud) => cloud.close()));
    await Promise.all([this.here.stop(), this.there.stop()]);
  }
}

export const runOf = (source: Cloud, target: Cloud, topology: Topology, ledger: Ledger): Rebuild => ({
  runId: '5f0c5c0e-7e56-8a5b-9d0e-2c1a3b4d5e6f',
  source: source.site,
  cloud: target,
  registry: entities,
  topology,
  ledger,
  provided: new Map(),
  mappings: {},
  open,
  signal: new AbortController().signal,
});
