import { Database, Every, SETTINGS } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { forgetVersions } from './versions.ts';

const TICK_MS = 600_000;
const DAY_MS = 86_400_000;
const AT_ONCE = 5_000;

/** Forgets spans that ended longer ago than the setting says, and the versions that only they needed. What a recovery point holds stays with the point. */
@Injectable()
export class Retention {
  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_KEEP_DAYS: number },
  ) {}

  @Every(TICK_MS)
  async forget(): Promise<void> {
    const before = new Date(Date.now() - this.settings.LIFEBOAT_CAPTURE_KEEP_DAYS * DAY_MS);
    for (let more = true; more;)
      more = await this.database.transaction(async (tx) => {
        const rows: { digest: string | null }[] = await tx.query(
          `with old as (delete from observation where id in (
             select id from observation where seen_until < $1 or (digest is null and seen_until is null and seen_from < $1) limit $2) returning digest)
           select digest from old`,
          [before, AT_ONCE],
        );
        const digests = rows.map(({ digest }) => digest).filter((digest) => digest !== null);
        await forgetVersions(tx, [...new Set(digests)]);
        await tx.query(`delete from gap where seen_until < $1`, [before]);
        return rows.length === AT_ONCE;
      });
  }
}
