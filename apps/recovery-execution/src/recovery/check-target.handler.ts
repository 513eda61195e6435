import { CheckTarget } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, Finding, RecreateEntities } from '@lifeboat/contracts';
import { conflict, LifeboatError } from '@lifeboat/kernel';
import { readQuotas } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import {
  bodyBlockers,
  leftOutWarnings,
  mappingBlockers,
  quotaBlockers,
  RunState,
  stateBlockers,
  unseenWarnings,
} from '@lifeboat/openstack-entity-api';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { plannedOnlyBlockers } from './planned-only.ts';
import { carriedOtherwise } from './carried-otherwise.ts';
import { RecoveryRuns } from './recovery-runs.ts';

type Input = DataOf<typeof CheckTarget>;

/** Everything that can be known to fail is found before anything is made. Reads only. */
@DoesWork(CheckTarget)
export class CheckTargetHandler implements WorkHandler<typeof CheckTarget> {
  constructor(private readonly runs: RecoveryRuns) {}

  async work(data: Input, _memo: unknown, context: WorkContext): Promise<WorkOutcome<AnswerOf<typeof CheckTarget>>> {
    const run = await this.runs.rebuildOf({ ...data, copies: promised(data) }, context.signal);
    const state = await RunState.load(run);
    const found = await Promise.all([
      mappingBlockers(state),
      readQuotas(run.cloud).then((quotas) => quotaBlockers(state, quotas)),
      typeBlockers(run.cloud, data),
      imageBlockers(run.cloud, data),
    ]);
    const blockers = [
      ...plannedOnlyBlockers(data.disks),
      ...found.flat(),
      ...stateBlockers(state),
      ...bodyBlockers(state),
    ];
    if (blockers.length > 0)
      throw conflict(
        'target-not-ready',
        `${data.target} cannot take the group: ${blockers.map((b) => `${b.where}: ${b.message}`).join('; ')}`,
        {
          mend: blockers
            .map((b) => b.mend)
            .filter(Boolean)
            .join(' '),
          data: { blockers },
        },
      );
    return done({
      runId: data.runId,
      warnings: [...unseenWarnings(state), ...(await leftOutWarnings(state)), ...carriedOtherwise(data.disks)],
    });
  }
}

/** The copies are made later; that each disk of the point will have one is known now. */
const promised = (data: Input): DataOf<typeof RecreateEntities>['copies'] =>
  data.disks.map(({ disk }) => ({
    diskKind: disk.kind,
    diskId: disk.id,
    kind: disk.kind === 'volume' ? 'volume' : 'image',
    targetId: 'to-be-copied',
  }));

async function typeBlockers(cloud: Cloud, data: Input): Promise<readonly Finding[]> {
  const names = new Set<string>();
  for await (const type of cloud.volume.list<{ name: string }>('/types', 'volume_types')) names.add(type.name);
  return data.disks.flatMap(({ disk }): Finding[] => {
    const wanted = disk.volumeType && (data.mappings.volumeType?.[disk.volumeType] ?? disk.volumeType);
    if (!wanted || disk.kind !== 'volume' || names.has(wanted)) return [];
    return [
      {
        code: 'volume-type-missing',
        where: `volume ${disk.name} (${disk.id})`,
        message: `${data.target} has no volume type "${wanted}".`,
        mend: `Create it, or map it: --map volumeType:${disk.volumeType}=NAME.`,
      },
    ];
  });
}

async function imageBlockers(cloud: Cloud, data: Input): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    data.images.map(async (image): Promise<Finding[]> => {
      const live = await cloud.image
        .get<{ status: string; os_hash_value: string }>(`/images/${image.targetId}`)
        .catch((thrown: unknown) => {
          if (thrown instanceof LifeboatError && thrown.kind === 'not-found') return undefined;
          throw thrown;
        });
      if (live?.status === 'active' && live.os_hash_value === image.hash) return [];
      return [
        {
          code: 'image-replica-gone',
          where: `image ${image.targetId} at ${data.target}`,
          message: live ? `is ${live.status}.` : 'was deleted.',
          mend: 'Choose a newer recovery point, or make one while the primary lives.',
        },
      ];
    }),
  );
  return findings.flat();
}
