import type { CheckTarget, DataOf, Finding, RecreateEntities } from '@lifeboat/contracts';
import { LifeboatError } from '@lifeboat/kernel';
import { readQuotas } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import {
  bodyBlockers,
  leftOutWarnings,
  mappingBlockers,
  quotaBlockers,
  returning,
  RunState,
  stateBlockers,
  unseenWarnings,
} from '@lifeboat/openstack-entity-api';
import type { Rebuild } from '@lifeboat/openstack-entity-api';
import type { PlanCheck, PlanFindings } from '../plan/plan-findings.ts';
import { carriedOtherwise } from './carried-otherwise.ts';
import { plannedOnlyBlockers } from './planned-only.ts';

type Input = Omit<DataOf<typeof CheckTarget>, 'runId'>;

/** `checks`: of entities, disks, images and quotas, too. */
export type TargetFindings = PlanFindings;

/** Everything that can be known to fail, found before anything is made. Reads only. */
export async function targetFindings(run: Rebuild, data: Input, plans: PlanCheck): Promise<TargetFindings> {
  const state = await RunState.load(run);
  const [quotas, plan, back, leftOut, ...found] = await Promise.all([
    readQuotas(run.cloud),
    plans.find(run, data),
    returning(state),
    leftOutWarnings(state),
    mappingBlockers(state),
    typeBlockers(run.cloud, data),
    imageBlockers(run.cloud, data),
  ]);
  return {
    checks: run.topology.entities.length + data.disks.length + data.images.length + quotas.size + plan.checks,
    blockers: [
      ...plannedOnlyBlockers(data.disks),
      // What comes back is counted there already.
      ...quotaBlockers(state, quotas, back),
      ...found.flat(),
      ...stateBlockers(state),
      ...bodyBlockers(state),
      ...plan.blockers,
    ],
    warnings: [...unseenWarnings(state), ...leftOut, ...carriedOtherwise(data.disks), ...plan.warnings],
    misled: plan.misled,
    ...(plan.waves && { waves: plan.waves }),
    ...(plan.traffic && { traffic: plan.traffic }),
  };
}

/** The copies are made later; that each disk of the point will have one is known now. */
export const promised = (data: Input): DataOf<typeof RecreateEntities>['copies'] =>
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
