import type { Cloud } from '../cloud.ts';
import { ok, type Answer, type Call, type Caller } from '../http/call.ts';
import { flagOf, objectOf, textsOf } from '../http/fields.ts';
import { forbidden } from '../http/refusal.ts';
import { microsTime } from '../state/identifiers.ts';
import type { Kept } from './key-manager-state.ts';

const owns = ({ projectId, creatorId, acl }: Kept, who: Caller): boolean =>
  projectId === who.projectId && (who.isAdmin || creatorId === who.userId || acl?.projectAccess !== false);

/** Decrypting: not even an administrator of the cloud, unless of the project. */
export const mayRead = (kept: Kept, who: Caller): boolean =>
  (owns(kept, who) && (who.isAdmin || who.roles.has('member'))) || kept.acl?.users.includes(who.userId) === true;

const refused = (what: string): Error =>
  forbidden(`${what} attempt not allowed - please review your user/project privileges`);

/** Throws 403 with the sentence Barbican has for what was tried. */
export function needRead(kept: Kept, { who }: Call, what: string): void {
  if (!mayRead(kept, who)) throw refused(what);
}

export function needOwn(kept: Kept, { who }: Call, what: string): void {
  if (!owns(kept, who)) throw refused(what);
}

export function needMember({ who }: Call, what: string): void {
  if (!who.roles.has('member') && !who.isAdmin) throw refused(what);
}

export const hrefOf = (cloud: Cloud, kind: 'secrets' | 'containers', id: string): string =>
  `${cloud.origin}/key-manager/v1/${kind}/${id}`;

export const aclView = ({ acl }: Kept): unknown => ({
  read:
    acl === undefined
      ? { 'project-access': true }
      : {
          'project-access': acl.projectAccess,
          users: acl.users,
          created: microsTime(acl.born),
          updated: microsTime(acl.updated),
        },
});

/** PUT replaces what was. */
export function setAcl(kept: Kept, call: Call, href: string): Answer {
  const read = objectOf(call.body, 'read');
  const now = Date.now();
  kept.acl = {
    users: textsOf(read, 'users') ?? [],
    projectAccess: flagOf(read, 'project-access') ?? true,
    born: kept.acl?.born ?? now,
    updated: now,
  };
  return ok({ acl_ref: `${href}/acl` });
}
