import type { CaptureReport, Finding, Members } from '@lifeboat/contracts';
import { entities } from '@lifeboat/openstack-entities';
import { captureGroup, captureProject, detected } from '@lifeboat/openstack-entity-api';
import type { Entity, Ref, Snapshot, Topology } from '@lifeboat/openstack-entity-api';
import { Sites } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { reader } from '../watch/reader.ts';
import { rootsOf } from './roots.ts';
import type { Membership } from './roots.ts';
import { Sealer } from './sealer.ts';

export interface Look {
  /** All that was seen, of which the group holds a part. */
  readonly snapshot: Snapshot;
  readonly roots: readonly Ref[];
  readonly topology: Topology;
  /** Servers and volumes of the project that the group does not hold. */
  readonly unprotected: readonly Entity[];
  readonly report: CaptureReport;
}

const where = (entity: { readonly kind: string; readonly id: string; readonly name: string }): string =>
  `${entity.kind} ${entity.name || '(no name)'} (${entity.id})`;

const notCarried = ({ all, skipped }: Snapshot): Finding[] => [
  ...skipped
    .filter((s) => !s.why.startsWith('made by OpenStack'))
    .map((s): Finding => ({ code: 'not-carried', where: where(s), message: s.why })),
  ...detected(all, entities).map(({ kind, count, names, why }): Finding => ({
    code: 'not-carried',
    where: `${count} × ${kind}: ${names.join(', ')}${count > names.length ? ', …' : ''}`,
    message: why,
  })),
];

/** Looks at a site as it is now: what a group holds there and what it would not. */
@Injectable()
export class Looker {
  constructor(
    private readonly sites: Sites,
    private readonly sealer: Sealer,
  ) {}

  async look(site: string, members: Members, signal?: AbortSignal): Promise<Look> {
    const opened = await this.sites.open(site);
    const cloud = signal ? reader(opened, signal) : opened;
    const snapshot = await captureProject({
      cloud,
      registry: entities,
      seal: this.sealer.seal,
    });
    return this.partOf(site, snapshot, members);
  }

  /** What a group holds of what was seen. */
  partOf(site: string, snapshot: Snapshot, members: Membership): Look {
    const { roots, missing } = rootsOf(members, snapshot.all);
    const closed = captureGroup(snapshot, entities, roots);
    const held = new Set(closed.topology.entities.map((e) => e.id));
    return {
      snapshot,
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
        notCarried: notCarried(snapshot),
      },
    };
  }
}
