import { AdmitMember, MemberJoined } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { AnswersRequest, Database } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { groupUnknown, readGroup } from '../watch/groups.ts';
import { membersOf } from './group-members.ts';

@AnswersRequest(AdmitMember)
export class AdmitMemberHandler implements RequestHandler<typeof AdmitMember> {
  constructor(private readonly database: Database) {}

  async answer({ groupId, kind, id }: InputOf<typeof AdmitMember>): Promise<OutputOf<typeof AdmitMember>> {
    await this.database.transaction(async (tx, out) => {
      const group = await readGroup(tx, groupId);
      if (!group) throw groupUnknown(groupId);
      const member = (await membersOf(tx, groupId)).find((one) => one.kind === kind && one.id === id);
      if (!member)
        throw notFound('member-not-found', `The query of group ${groupId} has not found ${kind} ${id}.`, {
          mend: `See who waits with "lifeboat group members ${groupId}", or name it as a member with "lifeboat group set".`,
        });
      if (member.joinedAt !== null) return;
      const { name } = member;
      await tx.query(
        `update group_member set joined_at = now() where group_id = $1 and kind = $2 and source_id = $3 and joined_at is null`,
        [groupId, kind, id],
      );
      await out.emit(MemberJoined, { groupId, site: group.site, kind, id, name });
    });
    return {};
  }
}
