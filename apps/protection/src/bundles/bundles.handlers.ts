import { CompileCalls, CompilePlan, ExportBundle, ListBundles } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest, Asker } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { GroupRow } from '../groups/group.row.ts';
import { groupNotFound } from '../groups/groups.ts';
import { PlanRow } from '../plans/plan.row.ts';
import { planNotFound } from '../plans/plans.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { BundleRow } from './bundle.row.ts';
import { bundleSource } from './bundle-source.ts';
import { Bundles } from './bundles.ts';

/** Removes no other: whoever names a place keeps it in order. */
@AnswersRequest(ExportBundle)
export class ExportBundleHandler implements RequestHandler<typeof ExportBundle> {
  constructor(private readonly bundles: Bundles) {}

  async answer(input: InputOf<typeof ExportBundle>, context: RequestContext): Promise<OutputOf<typeof ExportBundle>> {
    const { groupId, pointId, to } = input;
    const { source, withoutUserData } = await context.transaction(async (tx) => {
      const found = await bundleSource(tx, groupId, { pointId });
      const group = await tx.findOneByOrFail(GroupRow, { groupId });
      const policy = await tx.findOneBy(PolicyRow, { name: group.policy });
      return { source: found, withoutUserData: policy?.bundle?.withoutUserData };
    });
    return { bundle: await this.bundles.make(source, { to, ...(withoutUserData && { withoutUserData }) }) };
  }
}

@AnswersRequest(ListBundles)
export class ListBundlesHandler implements RequestHandler<typeof ListBundles> {
  async answer(
    { groupId }: InputOf<typeof ListBundles>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ListBundles>> {
    return context.transaction(async (tx) => {
      if (!(await tx.existsBy(GroupRow, { groupId }))) throw groupNotFound(groupId);
      const rows = await tx.find(BundleRow, { where: { groupId }, order: { madeAt: 'DESC' } });
      return { bundles: rows.map(({ content }) => content) };
    });
  }
}

const COMPILE_MS = 2 * 60_000;

@AnswersRequest(CompilePlan)
export class CompilePlanHandler implements RequestHandler<typeof CompilePlan> {
  constructor(private readonly asker: Asker) {}

  async answer(
    { name, version }: InputOf<typeof CompilePlan>,
    context: RequestContext,
  ): Promise<OutputOf<typeof CompilePlan>> {
    const source = await context.transaction(async (tx) => {
      const plan = await tx.findOneBy(PlanRow, { name });
      if (!plan) throw planNotFound(name);
      return bundleSource(tx, plan.groupId, { planVersion: version });
    });
    return this.asker.ask(CompileCalls, source, { timeoutMs: COMPILE_MS });
  }
}
