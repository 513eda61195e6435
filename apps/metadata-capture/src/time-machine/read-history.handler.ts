import { ReadHistory } from '@lifeboat/contracts';
import type { EntityVersion, InputOf, OutputOf } from '@lifeboat/contracts';
import { invalidInput, notFound } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { gapsIn } from '../watch/watch.ts';
import { fieldChanges, shown } from './compare.ts';

const PAGE = 50;

interface Row {
  readonly digest: string | null;
  readonly from: Date;
  readonly until: Date | null;
  readonly content: Entity | null;
}

@AnswersRequest(ReadHistory)
export class ReadHistoryHandler implements RequestHandler<typeof ReadHistory> {
  async answer(
    { kind, id, site: wanted, cursor = 0 }: InputOf<typeof ReadHistory>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadHistory>> {
    if (!entities.has(kind))
      throw invalidInput('kind-unknown', `There is no entity type "${kind}".`, {
        mend: `Known are: ${entities.all.map((type) => type.kind).join(', ')}.`,
      });
    return context.transaction(async (tx) => {
      const site = await siteOf(tx, kind, id, wanted);
      const rows: Row[] = await tx.query(
        `select o.digest, o.seen_from as "from", o.seen_until as until, v.content from observation o left join entity_version v on v.digest = o.digest
         where o.site = $1 and o.kind = $2 and o.source_id = $3 order by o.id desc limit ${PAGE + 1} offset $4`,
        [site, kind, id, cursor],
      );
      const page = rows.slice(0, PAGE);
      const [newest, oldest] = [page[0], page.at(-1)];
      const gaps = newest && oldest ? await gapsIn(tx, site, oldest.from, newest.until ?? new Date()) : [];
      return {
        site,
        versions: page.map((row, i) => versionOf(row, rows[i + 1])),
        gaps: [...gaps],
        ...(rows.length > PAGE && { next: cursor + PAGE }),
      };
    });
  }
}

function versionOf(row: Row, before: Row | undefined): EntityVersion {
  const how = row.digest === null ? 'gone' : before?.digest ? 'changed' : 'appeared';
  return {
    from: row.from.toISOString(),
    ...(row.until && { until: row.until.toISOString() }),
    how,
    fields: how === 'changed' ? fieldChanges(before?.content ?? undefined, row.content ?? undefined) : [],
    ...(row.digest !== null && { digest: row.digest }),
    ...(row.content && { entity: shown(row.content) as never }),
  };
}

/** Where an entity of this id was seen; says what is meant when a name was given, or two sites know it. */
async function siteOf(tx: EntityManager, kind: string, id: string, wanted: string | undefined): Promise<string> {
  const rows: { site: string }[] = await tx.query(
    `select distinct site from observation where kind = $1 and source_id = $2 and ($3::text is null or site = $3) order by site`,
    [kind, id, wanted ?? null],
  );
  const [only, other] = rows;
  if (only && other)
    throw invalidInput(
      'entity-at-two-sites',
      `${kind} ${id} is known at ${rows.map(({ site }) => site).join(' and ')}.`,
      {
        mend: 'Name the site with --site.',
      },
    );
  if (only) return only.site;
  const named: { id: string; site: string }[] = await tx.query(
    `select distinct o.source_id as id, o.site from observation o join entity_version v on v.digest = o.digest
     where o.kind = $1 and v.content ->> 'name' = $2 and ($3::text is null or o.site = $3) order by 1 limit 5`,
    [kind, id, wanted ?? null],
  );
  throw notFound('entity-never-seen', `No ${kind} with the id "${id}" was seen${wanted ? ` at ${wanted}` : ''}.`, {
    mend:
      named.length > 0
        ? `That is the name of ${named.map((one) => `${one.id} (${one.site})`).join(', ')}: give the id.`
        : 'The ids of a group are listed by "lifeboat metadata as-of GROUP now". Versions that no recovery point needs are forgotten after a while.',
  });
}
