import { GroupChanged, GroupRemoved, parseData } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { ReactsTo } from '@lifeboat/service-kit';
import type { EventHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { dropGroup, keepGroup } from './groups.ts';

/** What protection says of its groups: quicker than asking it, and no more than that. */
@ReactsTo(GroupChanged.subject, GroupRemoved.subject)
export class HearGroups implements EventHandler {
  async react(envelope: Envelope, tx: EntityManager): Promise<void> {
    if (envelope.type === GroupRemoved.subject) return dropGroup(tx, parseData(GroupRemoved, envelope.data).groupId);
    const { primary, metadataRpoSeconds, joining = 'automatic', ...group } = parseData(GroupChanged, envelope.data);
    await keepGroup(
      tx,
      { ...group, site: primary, rpoLimit: metadataRpoSeconds ?? null, joining },
      new Date(Date.parse(envelope.time)),
    );
  }
}
