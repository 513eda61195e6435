import type { CaptureReport, Finding, Members } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { sealSecret } from '@lifeboat/kernel';
import { during } from '@lifeboat/openstack-client';
import { entities } from '@lifeboat/openstack-entities';
import { captureGroup, captureProject } from '@lifeboat/openstack-entity-api';
import type { Entity, Ref, Topology } from '@lifeboat/openstack-entity-api';
import { Sites, SETTINGS } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { rootsOf } from './roots.ts';

export interface Look {
  readonly roots: readonly Ref[];
  readonly topology: Topology;
  /** Servers and volumes of the project that the group does not hold. */
  readonly unprotected: readonly Entity[];
  readonly report: CaptureReport;
}

const where = (entity: { readonly kind: string; readonly id: string; readonly name: string }): string =>
  `${entity.kind} ${entity.name || '(no name)'} (${entity.id})`;

/** Looks at a site as it is now: what a group holds there and what it would not. */
@Injectable()
export class Looker {
  constructor(
    private readonly sites: Sites,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_SECRET_KEY: string },
  ) {}

  async look(site: string, members: Members, signal?: AbortSignal): Promise<Look> {
    const opened = await this.sites.open(site);
    const cloud = signal ? during(opened, signal) : opened;
    const snapshot = await captureProject({
      cloud,
      registry: entities,
      seal: (plain) => ({ ...sealSecret(plain, this.settings.LIFEBOAT_SECRET_KEY) }) as unknown as Json,
    });
    const { roots, missing } = rootsOf(members, snapshot.all);
    const closed = captureGroup(snapshot, entities, roots);
    const held = new Set(closed.topology.entities.map((e) => e.id));
    return {
      roots,
      topology: closed.topology,
      unprotected: [...snapshot.all.of('server'), ...snapshot.all.of('volume')].filter(
        (entity) => !held.has(entity.id),
      ),
      report: {
        missing: [
          ...missing.map((ref): Finding => ({
            code: 'member-not-found',
            where: `${ref.kind} ${ref.id}`,
            message: `is not at ${site}, or not visible to these credentials.`,
            mend: 'Correct the id, or leave it out.',
          })),
          ...closed.missing.map(({ from, as, ref }): Finding => ({
            code: 'reference-missing',
            where: from ? where(from) : `${ref.kind} ${ref.id}`,
            message: `its ${as}, ${ref.kind} ${ref.id}, is not there any more.`,
          })),
        ],
        unseen: closed.topology.entities.flatMap((entity) =>
          (entity.unseen ?? []).map(({ field, reason }): Finding => ({
            code: 'field-unseen',
            where: where(entity),
            message: `${field}: ${reason}.`,
          })),
        ),
        absentServices: [...snapshot.absentServices],
        notCarried: snapshot.skipped
          .filter((s) => !s.why.startsWith('made by OpenStack'))
          .map((s): Finding => ({ code: 'not-carried', where: where(s), message: s.why })),
      },
    };
  }
}
