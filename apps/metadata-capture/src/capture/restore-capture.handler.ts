import { CapturedEntity, ReadBundleEntities, RestoreCapture } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { Asker, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { storeTopology } from './store.ts';

type Data = DataOf<typeof RestoreCapture>;

/** What nobody could see of it then is not in the bundle, and not asked for any more. */
const NOTHING_MISSED = { missing: [], unseen: [], absentServices: [], notCarried: [] };

@DoesWork(RestoreCapture)
export class RestoreCaptureHandler implements WorkHandler<typeof RestoreCapture> {
  constructor(private readonly asker: Asker) {}

  async work(data: Data, _memo: unknown, context: WorkContext): Promise<WorkOutcome<AnswerOf<typeof RestoreCapture>>> {
    const { pointId, groupId } = data;
    const { metadata, requestedAt, entities } = await this.read(data);
    await context.transaction(async (tx) => {
      const stored = await storeTopology(
        tx,
        { pointId, groupId, report: NOTHING_MISSED, capturedAt: requestedAt },
        entities,
      );
      if (stored !== metadata)
        throw conflict('bundle-metadata-altered', `What the bundle has of point ${pointId} is not what was captured.`, {
          mend: 'Adopt from another bundle of the group: "--bundle NAME".',
        });
    });
    return done({ pointId, metadata, entities: entities.length });
  }

  private async read({ bundle, pointId }: Data): Promise<{
    readonly metadata: string;
    readonly requestedAt: string;
    readonly entities: readonly Entity[];
  }> {
    const entities: Entity[] = [];
    for (let cursor = 0; ;) {
      const page: OutputOf<typeof ReadBundleEntities> = await this.asker.ask(ReadBundleEntities, {
        bundle,
        pointId,
        cursor,
      });
      entities.push(...page.entities.map((entity) => entityIn(entity, pointId)));
      if (page.next === undefined) return { ...page, entities };
      cursor = page.next;
    }
  }
}

/** As some release wrote it into the bundle. */
function entityIn(value: unknown, pointId: string): Entity {
  const parsed = CapturedEntity.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw conflict(
      'bundle-entity-unreadable',
      `An entity of point ${pointId} in the bundle cannot be read, at "${issue?.path.map(String).join('.')}": ${issue?.message}.`,
      { mend: 'Adopt from another bundle of the group: "--bundle NAME", or by the release that wrote this one.' },
    );
  }
  const { unseen, ...entity } = parsed.data;
  return { ...entity, ...(unseen && { unseen }) };
}
