import { PreviewGroup } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Looker } from './look.ts';

@AnswersRequest(PreviewGroup)
export class PreviewGroupHandler implements RequestHandler<typeof PreviewGroup> {
  constructor(private readonly looker: Looker) {}

  async answer({ site, members }: InputOf<typeof PreviewGroup>): Promise<OutputOf<typeof PreviewGroup>> {
    const { roots, topology, unprotected, report } = await this.looker.look(site, members);
    const named = new Set(roots.map((ref) => `${ref.kind}/${ref.id}`));
    return {
      entities: topology.entities.map(({ kind, id, name }) => ({
        kind,
        id,
        name,
        root: named.has(`${kind}/${id}`) && kind !== 'project',
      })),
      unprotected: unprotected.map(({ kind, id, name }) => ({ kind, id, name })),
      report,
    };
  }
}
