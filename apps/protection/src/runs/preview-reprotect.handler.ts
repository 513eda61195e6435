import { ListSourceServers, PreviewReprotect, PreviewReversal } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest, Asker } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { lockedGroup } from '../groups/groups.ts';
import { turnedRound } from '../groups/turned-round.ts';
import { PointRow } from '../points/point.row.ts';
import { firstMade } from './first-made.ts';

/** A call for each server. */
const ASK_MS = 60_000;

@AnswersRequest(PreviewReprotect)
export class PreviewReprotectHandler implements RequestHandler<typeof PreviewReprotect> {
  constructor(private readonly asker: Asker) {}

  async answer(
    { groupId, mappings }: InputOf<typeof PreviewReprotect>,
    context: RequestContext,
  ): Promise<OutputOf<typeof PreviewReprotect>> {
    const known = await context.transaction(async (tx) => {
      const turned = await turnedRound(tx, await lockedGroup(tx, groupId), mappings);
      const sealed = await tx.findBy(PointRow, { groupId, state: 'sealed' });
      return { ...turned, discards: sealed.map(({ pointId }) => pointId), before: await firstMade(tx, groupId) };
    });
    const { primary, recovery, commitment, discards, before } = known;
    const { runId: ofRunId } = commitment;
    const options = { timeoutMs: ASK_MS };
    const { servers } = await this.asker.ask(ListSourceServers, { ofRunId, source: recovery }, options);
    const { disks } = await this.asker.ask(PreviewReversal, { ofRunId, source: recovery, target: primary }, options);
    return {
      primary,
      recovery,
      mappings: known.mappings,
      servers,
      disks,
      ...(before && { before }),
      discards: discards.toSorted(),
    };
  }
}
