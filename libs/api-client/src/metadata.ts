import type { Aftershock, CapturedEntity, EntityChange, EntityVersion, Gap, GroupMetadata } from '@lifeboat/contracts';
import { allPages } from './all-pages.ts';
import type { GatewayCalls } from './gateway-calls.ts';
import { query, seg } from './paths.ts';

/** `when`: a moment in ISO 8601, or `point:` and the id of a recovery point. Secrets appear as `(sealed)`. */
export class MetadataCalls {
  constructor(private readonly gateway: GatewayCalls) {}

  /** How old it is, who the members are, and what of the project no group holds. */
  readonly ofGroup = (groupId: string) => this.gateway.call<GroupMetadata>('GET', `/groups/${seg(groupId)}/metadata`);
  readonly asOf = async (groupId: string, when: string) => {
    const { first, items } = await allPages(
      (cursor) =>
        this.gateway.call<{ entities: CapturedEntity[]; gap?: Gap; next?: number }>(
          'GET',
          `/groups/${seg(groupId)}/topology?${query({ when, cursor })}`,
        ),
      (page) => page.entities,
    );
    return { entities: items, ...(first.gap && { gap: first.gap }) };
  };
  /** What somebody will meet after a recovery of what stood then, server by server. */
  readonly aftershocks = async (groupId: string, when: string) => {
    const { first, items } = await allPages(
      (cursor) =>
        this.gateway.call<{ aftershocks: Aftershock[]; gap?: Gap; next?: number }>(
          'GET',
          `/groups/${seg(groupId)}/aftershocks?${query({ when, cursor })}`,
        ),
      (page) => page.aftershocks,
    );
    return { aftershocks: items, ...(first.gap && { gap: first.gap }) };
  };
  readonly diff = async (groupId: string, from: string, to: string) => {
    const { first, items } = await allPages(
      (cursor) =>
        this.gateway.call<{ changes: EntityChange[]; gaps: Gap[]; same: number; next?: number }>(
          'GET',
          `/groups/${seg(groupId)}/changes?${query({ from, to, cursor })}`,
        ),
      (page) => page.changes,
    );
    return { changes: items, gaps: first.gaps, same: first.same };
  };
  /** Newest first. */
  readonly history = async (kind: string, id: string, site?: string) => {
    const gaps = new Map<string, Gap>();
    const { first, items } = await allPages(
      (cursor) =>
        this.gateway.call<{ site: string; versions: EntityVersion[]; gaps: Gap[]; next?: number }>(
          'GET',
          `/entities/${seg(kind)}/${seg(id)}/history?${query({ site, cursor })}`,
        ),
      (page) => {
        for (const gap of page.gaps) gaps.set(gap.from, gap);
        return page.versions;
      },
    );
    return { site: first.site, versions: items, gaps: [...gaps.values()] };
  };
  /** Lets in what the group's query found and its policy keeps waiting. */
  readonly admit = (groupId: string, kind: string, id: string) =>
    this.gateway.call<void>('PUT', `/groups/${seg(groupId)}/members/${seg(kind)}/${seg(id)}`);
  /** Lets go of a member that matches its group's query no more. */
  readonly release = (groupId: string, kind: string, id: string) =>
    this.gateway.call<void>('DELETE', `/groups/${seg(groupId)}/members/${seg(kind)}/${seg(id)}`);
}
