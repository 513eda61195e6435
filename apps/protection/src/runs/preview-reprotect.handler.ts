import { ListSourceServers, PreviewReprotect } from '@lifeboat/contracts';
import type { DiskReplica, InputOf, OutputOf, ReprotectDisk } from '@lifeboat/contracts';
import { AnswersRequest, Asker } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { lockedGroup } from '../groups/groups.ts';
import { turnedRound } from '../groups/turned-round.ts';
import type { TurnedRound } from '../groups/turned-round.ts';
import { PinRow, PointRow } from '../points/point.row.ts';
import { firstWayBack } from './first-way-back.ts';

/** A call for each server. */
const ASK_MS = 60_000;

interface Known extends TurnedRound {
  readonly disks: readonly ReprotectDisk[];
  readonly discards: readonly string[];
}

@AnswersRequest(PreviewReprotect)
export class PreviewReprotectHandler implements RequestHandler<typeof PreviewReprotect> {
  constructor(private readonly asker: Asker) {}

  async answer(
    { groupId, mappings }: InputOf<typeof PreviewReprotect>,
    context: RequestContext,
  ): Promise<OutputOf<typeof PreviewReprotect>> {
    const known = await context.transaction(async (tx): Promise<Known> => {
      const turned = await turnedRound(tx, await lockedGroup(tx, groupId), mappings);
      return { ...turned, ...(await pointsOf(tx, groupId, turned.commitment.runId)) };
    });
    const { primary, recovery, commitment, disks, discards } = known;
    const { servers } = await this.asker.ask(
      ListSourceServers,
      { ofRunId: commitment.runId, source: recovery },
      { timeoutMs: ASK_MS },
    );
    return { primary, recovery, mappings: known.mappings, servers, disks: [...disks], discards: [...discards] };
  }
}

async function pointsOf(
  tx: EntityManager,
  groupId: string,
  ofRunId: string,
): Promise<Pick<Known, 'disks' | 'discards'>> {
  const sealed = await tx.findBy(PointRow, { groupId, state: 'sealed' });
  const pin = await tx.findOneBy(PinRow, { runId: ofRunId });
  const served: readonly DiskReplica[] = sealed.find(({ pointId }) => pointId === pin?.pointId)?.disks ?? [];
  return { disks: served.map(firstWayBack), discards: sealed.map(({ pointId }) => pointId).toSorted() };
}
