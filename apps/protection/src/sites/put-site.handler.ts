import { PutSite } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest, Sites } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { siteView } from './sites.ts';
import { SiteRow } from './site.row.ts';

/** A site is declared only when its credentials work: what is wrong with them is said now, not at 3 a.m. */
@AnswersRequest(PutSite)
export class PutSiteHandler implements RequestHandler<typeof PutSite> {
  constructor(private readonly sites: Sites) {}

  async answer(input: InputOf<typeof PutSite>, context: RequestContext): Promise<OutputOf<typeof PutSite>> {
    const cloud = await this.sites.open(input.name);
    const { projectName, isAdmin } = await cloud.whoAmI();
    const row = await context.transaction((tx) =>
      tx.save(
        tx.create(SiteRow, {
          name: input.name,
          region: this.sites.config(input.name).region ?? null,
          projectName,
          isAdmin,
          lastSeenAt: new Date(),
          problem: null,
        }),
      ),
    );
    return { site: siteView(row) };
  }
}
