import { PreviewAdoption, RequestAdoption, StartAdopt } from '@lifeboat/contracts';
import type { AdoptionPreview, InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict, illegalState } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { startRun } from '../runs/run-starts.ts';
import { Adoptions } from './adoptions.ts';
import { damageOf } from './verdict.ts';

@AnswersRequest(PreviewAdoption)
export class PreviewAdoptionHandler implements RequestHandler<typeof PreviewAdoption> {
  constructor(private readonly adoptions: Adoptions) {}

  async answer({ groupId, ...from }: InputOf<typeof PreviewAdoption>): Promise<OutputOf<typeof PreviewAdoption>> {
    return { groups: [...(await this.adoptions.preview(from, groupId))] };
  }
}

/** What was found is looked at once more, and refused as the preview would say. */
@AnswersRequest(RequestAdoption)
export class RequestAdoptionHandler implements RequestHandler<typeof RequestAdoption> {
  constructor(private readonly adoptions: Adoptions) {}

  async answer(
    { runId, groupId, reason, ...from }: InputOf<typeof RequestAdoption>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestAdoption>> {
    const [preview] = await this.adoptions.preview(from, groupId);
    if (!preview) return { runId };
    if (preview.refusal) throw refusalIn(preview);
    const points = preview.points
      .filter(({ verdict }) => verdict !== 'left out')
      .map((point) => ({ name: point.pointId, ...damageOf(point) }));
    const { bundle } = preview.found;
    await context.transaction((tx, out) => startRun(tx, out, StartAdopt, { runId, groupId, bundle, points, reason }));
    return { runId };
  }
}

function refusalIn({ groupId, refusal }: AdoptionPreview): Error {
  const { code = 'not-adoptable', message = `Group ${groupId} is not adopted.`, mend } = refusal ?? {};
  const said = mend === undefined ? {} : { mend };
  return code === 'group-exists' ? conflict(code, message, said) : illegalState(code, message, said);
}
