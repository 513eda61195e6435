import type { Members } from '@lifeboat/contracts';
import { Database, Every } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { QUERIED } from '../capture/roots.ts';
import type { Membership } from '../capture/roots.ts';
import { groupsOf, readGroup } from '../watch/groups.ts';
import { readWatch } from '../watch/watch.ts';
import { findMembers } from './find-members.ts';
import { membershipOf, membersOf, updateMembers } from './group-members.ts';

const TICK_MS = 1_000;

/** Asks the groups' queries again whenever a server or volume of their site has changed: new matches join by themselves, others are kept. */
@Injectable()
export class MemberFinder {
  private readonly touched = new Set<string>();

  constructor(private readonly database: Database) {}

  /** Something of these kinds has changed at the site. */
  touch(site: string, kinds: ReadonlySet<string>): void {
    if ([...QUERIED, 'stack'].some((kind) => kinds.has(kind))) this.touched.add(site);
  }

  @Every(TICK_MS)
  async tick(): Promise<void> {
    const asked: { site: string }[] = await this.database.query(
      `select distinct g.site from watched_group g join watch w on w.site = g.site where g.found_at is null and w.swept_at is not null`,
    );
    for (const site of new Set([...this.touched, ...asked.map((row) => row.site)])) {
      this.touched.delete(site);
      await this.find(site).catch((thrown: unknown) => {
        this.touched.add(site);
        throw thrown;
      });
    }
  }

  /** All groups of a site, now. */
  async find(site: string): Promise<void> {
    await this.database.transaction(async (tx, out) => {
      const watch = await readWatch(tx, site);
      if (!watch) return;
      // Two instances must not announce the same member.
      await tx.query(`select 1 from watched_group where site = $1 order by group_id for update`, [site]);
      const groups = await groupsOf(tx, site);
      const found = await findMembers(tx, watch, groups);
      for (const group of groups) await updateMembers(tx, out, group, found);
    });
  }

  /** How its members are found now, the query asked once more. Of a group that is not known here, as it was declared. */
  async membership(site: string, groupId: string, members: Members): Promise<Membership> {
    await this.find(site);
    return this.database.transaction(async (tx) => {
      const group = await readGroup(tx, groupId);
      return group ? membershipOf({ ...group, members }, await membersOf(tx, groupId)) : members;
    });
  }
}
