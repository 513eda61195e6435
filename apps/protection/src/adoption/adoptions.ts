import { CheckDiskReplicas, CheckImageReplicas, FindBundles, ReadBundleHome } from '@lifeboat/contracts';
import type { AdoptFrom, AdoptionPreview, Finding, FoundBundle, Home, HomePoint } from '@lifeboat/contracts';
import { notFound, sameJson } from '@lifeboat/kernel';
import { Asker, Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { PlanRow } from '../plans/plan.row.ts';
import { PointRow } from '../points/point.row.ts';
import { policyOf, PolicyRow } from '../policies/policy.row.ts';
import { SiteRow } from '../sites/site.row.ts';
import { verdictOf } from './verdict.ts';

/** A site may hold much, and be slow. */
const WITHIN = { timeoutMs: 3 * 60_000 };

/** What could be adopted from the bundles at a place. Changes nothing. */
@Injectable()
export class Adoptions {
  constructor(
    private readonly database: Database,
    private readonly asker: Asker,
  ) {}

  /** Throws `not-found` `bundle-not-found` where there is none. */
  async preview(from: AdoptFrom, groupId?: string): Promise<readonly AdoptionPreview[]> {
    const { found } = await this.asker.ask(FindBundles, { ...from, ...(groupId !== undefined && { groupId }) }, WITHIN);
    if (found.length === 0)
      throw notFound(
        'bundle-not-found',
        `There is no bundle${groupId === undefined ? '' : ` of group ${groupId}`} at ${from.place}.`,
        { mend: 'Name the place that bundles were written to: <place>/<group>/<time>-<point>.' },
      );
    const previews: AdoptionPreview[] = [];
    for (const one of found) previews.push(await this.ofBundle(one));
    return previews;
  }

  private async ofBundle(found: FoundBundle): Promise<AdoptionPreview> {
    const { bundle, problem } = found;
    const nothing = { groupId: bundle.group, found, points: [], disks: [], leftOver: [], warnings: [] };
    if (problem) return { ...nothing, refusal: problem };
    const { home, points } = await this.asker.ask(ReadBundleHome, { bundle }, WITHIN);
    const refusal = await this.database.transaction((tx) => refusalOf(tx, home));
    if (refusal) return { ...nothing, home, refusal };
    return { ...nothing, home, ...(await this.looked(found, home, points)) };
  }

  private async looked(
    { bundle }: FoundBundle,
    home: Home,
    points: readonly HomePoint[],
  ): Promise<Pick<AdoptionPreview, 'points' | 'disks' | 'leftOver' | 'warnings' | 'refusal'>> {
    const question = { bundle, pointIds: points.map(({ pointId }) => pointId) };
    const [images, disks] = await Promise.all([
      this.asker.ask(CheckImageReplicas, question, WITHIN),
      this.asker.ask(CheckDiskReplicas, question, WITHIN),
    ]);
    const { known, warnings } = await this.database.transaction(async (tx) => ({
      known: await knownPoints(tx, question.pointIds),
      warnings: await warningsOf(tx, home),
    }));
    const verdicts = points.map((point, n) =>
      verdictOf({
        point,
        known: known.get(point.pointId),
        images: images.points[n] ?? NOTHING,
        disks: disks.points[n] ?? NOTHING,
      }),
    );
    const refused = disks.disks.filter(({ next }) => next === undefined);
    const refusal = verdicts.some(({ verdict }) => verdict !== 'left out')
      ? driversRefuse(
          home,
          refused.map(({ name, driver, why }) => `"${name}" (${driver}: ${why ?? ''})`),
        )
      : nothingStands(home);
    return {
      points: verdicts,
      disks: disks.disks,
      leftOver: [...disks.leftOver, ...images.leftOver],
      warnings,
      ...(refusal && { refusal }),
    };
  }
}

const NOTHING = { pointId: '', standing: 0, missing: [] };

const refused = ({ group: { groupId } }: Home, code: string, message: string, mend: string): Finding => ({
  code,
  where: `group ${groupId}`,
  message,
  mend,
});

/** Why this instance cannot take the group in, whatever stands at its recovery site. */
async function refusalOf(tx: EntityManager, home: Home): Promise<Finding | undefined> {
  const { groupId, primary, recovery } = home.group;
  if (await tx.existsBy(GroupRow, { groupId }))
    return refused(
      home,
      'group-exists',
      `Group ${groupId} exists here: nothing of it is adopted.`,
      `Look at it: "lifeboat group show ${groupId}".`,
    );
  if (!(await tx.existsBy(SiteRow, { name: recovery })))
    return refused(
      home,
      'site-not-found',
      `Group ${groupId} is protected from ${primary} to ${recovery}, and site "${recovery}" is not declared.`,
      `Declare it: "lifeboat site add ${recovery}". Credentials are in no bundle.`,
    );
  return undefined;
}

const driversRefuse = (home: Home, disks: readonly string[]): Finding | undefined =>
  disks.length === 0
    ? undefined
    : refused(
        home,
        'disk-not-adoptable',
        `Replicas of ${disks.join(', ')} cannot be adopted.`,
        'Recover by the bundle as its RUNBOOK.md says, and protect what runs then.',
      );

const nothingStands = (home: Home): Finding =>
  refused(
    home,
    'no-point-adoptable',
    `Nothing stands any more of the points that the bundle names, or this instance has discarded them.`,
    `Take a newer bundle, or protect group ${home.group.groupId} anew.`,
  );

async function knownPoints(tx: EntityManager, pointIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.findBy(PointRow, { pointId: In([...pointIds]) });
  return new Map(rows.map(({ pointId, state }) => [pointId, state]));
}

/** What is here already stays as it is. */
async function warningsOf(tx: EntityManager, home: Home): Promise<Finding[]> {
  const { group, policy, plan } = home;
  const warnings: Finding[] = [];
  if (!(await tx.existsBy(SiteRow, { name: group.primary })))
    warnings.push({
      code: 'primary-not-declared',
      where: `site ${group.primary}`,
      message:
        'The primary is not declared: what is adopted can be failed over, and no point is made before it answers.',
      mend: `When it does: "lifeboat site add ${group.primary}".`,
    });
  const mine = await tx.findOneBy(PolicyRow, { name: policy.name });
  if (mine && !sameJson(plainly(policyOf(mine)), plainly(policy)))
    warnings.push({
      code: 'policy-differs',
      where: `policy ${policy.name}`,
      message: 'There is a policy of this name here, and it is another one: the group goes by that.',
    });
  if (plan && (await tx.existsBy(PlanRow, { name: plan.name })))
    warnings.push({
      code: 'plan-of-another-group',
      where: `plan ${plan.name}`,
      message: 'There is a plan of this name here, of another group: that of the bundle is not adopted.',
      mend: `Apply it under another name: "lifeboat plan apply"; group ${group.groupId} has none until then.`,
    });
  return warnings;
}

const plainly = ({ setBy: _by, setAt: _at, joining, ...said }: Record<string, unknown>): never =>
  ({ ...said, ...(joining !== 'automatic' && joining !== undefined && { joining }) }) as never;
