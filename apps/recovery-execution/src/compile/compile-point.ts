import { ReadRecipes } from '@lifeboat/contracts';
import type { BundleSource } from '@lifeboat/contracts';
import { conflict, deterministicId } from '@lifeboat/kernel';
import type { Topology } from '@lifeboat/openstack-entity-api';
import { Asker } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { resolveWaves } from '../plan/resolve-waves.ts';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { compile, withoutUserData } from './compile.ts';
import type { Compiled } from './compile.ts';

/** Longer than any compilation takes; whoever asked has given up by then. */
const WITHIN_MS = 2 * 60_000;

export interface CompiledPoint extends Compiled {
  readonly topology: Topology;
}

/** Compiles a point as it would be recovered now. */
@Injectable()
export class CompilePoint {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly asker: Asker,
  ) {}

  async compile(source: BundleSource): Promise<CompiledPoint> {
    const { groupId, pointId, target, disks, mappings, plan } = source;
    // What it makes bears one mark however often it is written down: a second script finds what the first has made.
    const runId = deterministicId('bundle', groupId, pointId, plan?.name ?? '', String(plan?.version ?? ''));
    const copies = disks.map(({ disk, carries }) => ({
      diskKind: disk.kind,
      diskId: disk.id,
      kind: disk.kind === 'volume' ? ('volume' as const) : ('image' as const),
      targetId: 'to-be-copied',
      ...(carries !== undefined && { carries }),
    }));
    const { source: from, metadata, images } = source;
    const run = await this.runs.rebuildOf(
      { groupId, runId, source: from, target, metadata, images, copies, mappings },
      AbortSignal.timeout(WITHIN_MS),
    );
    const topology = source.withoutUserData ? withoutUserData(run.topology) : run.topology;
    const question = { groupId, runId, pointId, target, disks, mappings };
    const { recipes } = await this.asker.ask(ReadRecipes, question, { timeoutMs: WITHIN_MS });
    return { ...(await compile({ ...run, topology }, wavesOf(source, topology), recipes)), topology };
  }
}

function wavesOf({ waves = [] }: BundleSource, topology: Topology) {
  const servers = topology.of('server').filter(({ observed }) => observed['foreign'] !== true);
  const { waves: resolved, blockers } = resolveWaves(waves, servers);
  if (blockers.length === 0) return resolved;
  throw conflict('plan-not-compilable', blockers.map(({ where, message }) => `${where}: ${message}`).join('; '), {
    mend: 'Correct the plan, or make a new point.',
  });
}
