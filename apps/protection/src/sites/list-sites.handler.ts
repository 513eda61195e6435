import { ListSites } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { siteView } from './sites.ts';
import { SiteRow } from './site.row.ts';

@AnswersRequest(ListSites)
export class ListSitesHandler implements RequestHandler<typeof ListSites> {
  async answer(_input: InputOf<typeof ListSites>, context: RequestContext): Promise<OutputOf<typeof ListSites>> {
    return { sites: (await context.transaction((tx) => tx.find(SiteRow, { order: { name: 'ASC' } }))).map(siteView) };
  }
}
