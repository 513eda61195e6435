import { PlanChanged, PutPlan } from '@lifeboat/contracts';
import type { InputOf, OutputOf, PlanDocument } from '@lifeboat/contracts';
import { conflict, digestOf, invalidInput } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { Outgoing, RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { lockedGroup } from '../groups/groups.ts';
import { ReadinessRow } from '../readiness/readiness.row.ts';
import { planOf } from './plan-document.ts';
import { PlanRow, PlanVersionRow } from './plan.row.ts';
import { planView } from './plans.ts';

/** Runs that are under way go on by the version that they began with. */
@AnswersRequest(PutPlan)
export class PutPlanHandler implements RequestHandler<typeof PutPlan> {
  async answer(input: InputOf<typeof PutPlan>, context: RequestContext): Promise<OutputOf<typeof PutPlan>> {
    const document = planOf(input.text);
    if (document.metadata.name !== input.name)
      throw invalidInput(
        'plan-malformed',
        `The plan is wrong at metadata.name: it is "${document.metadata.name}", asked for was "${input.name}".`,
        {
          mend: 'Give both the same name.',
        },
      );
    return context.transaction(async (tx, out) => {
      const { primary } = await lockedGroup(tx, document.spec.group);
      const known = await tx.findOneBy(PlanRow, { name: input.name });
      await refuseElsewhere(tx, document, known);
      const digest = digestOf(document);
      const newest = await newestVersion(tx, input.name);
      if (known && newest?.digest === digest) return { plan: await planView(tx, known), fresh: false };
      const plan = await store(tx, { ...input, primary, document, digest }, known, (newest?.version ?? 0) + 1);
      await tellOf(out, plan, input.by);
      // Found for what the plan was; the next look is at once.
      await tx.delete(ReadinessRow, { groupId: plan.groupId });
      return { plan: await planView(tx, plan), fresh: true };
    });
  }
}

/** One plan per group, and one group per plan. */
async function refuseElsewhere(
  tx: EntityManager,
  { metadata, spec }: PlanDocument,
  known: PlanRow | null,
): Promise<void> {
  if (known && known.groupId !== spec.group)
    throw conflict('plan-of-another-group', `Recovery plan "${metadata.name}" is the plan of group ${known.groupId}.`, {
      mend: `Give this one another name, or remove that: "lifeboat plan remove ${metadata.name}".`,
    });
  const other = await tx.findOneBy(PlanRow, { groupId: spec.group });
  if (other && other.name !== metadata.name)
    throw conflict('group-has-a-plan', `Group ${spec.group} has the recovery plan "${other.name}" already.`, {
      mend: `Apply this one under that name, or remove that: "lifeboat plan remove ${other.name}".`,
    });
}

const newestVersion = (tx: EntityManager, name: string): Promise<PlanVersionRow | null> =>
  tx.findOne(PlanVersionRow, { where: { name }, order: { version: 'DESC' } });

async function store(
  tx: EntityManager,
  {
    name,
    text,
    by,
    ...fresh
  }: InputOf<typeof PutPlan> & {
    readonly primary: string;
    readonly document: PlanDocument;
    readonly digest: string;
  },
  known: PlanRow | null,
  version: number,
): Promise<PlanRow> {
  await tx.insert(PlanVersionRow, {
    name,
    version,
    primary: fresh.primary,
    document: fresh.document as never,
    text,
    digest: fresh.digest,
    appliedBy: by,
    appliedAt: new Date(),
  });
  const plan = known ?? tx.create(PlanRow, { name, groupId: fresh.document.spec.group, verified: null, drift: null });
  return tx.save(Object.assign(plan, { version, drift: null }));
}

const tellOf = (out: Outgoing, { name, groupId, version }: PlanRow, by: string): Promise<void> =>
  out.emit(PlanChanged, { name, groupId, version, what: 'applied', by });
