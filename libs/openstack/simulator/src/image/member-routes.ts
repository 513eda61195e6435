import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { requiredText } from '../http/fields.ts';
import { badRequest, conflict, forbidden, notFound } from '../http/refusal.ts';
import { secondsTime } from '../state/identifiers.ts';
import { imageOf, ownImageOf } from './image-policy.ts';
import type { Image, Member } from './image-state.ts';

const memberView = (image: Image, member: Member): Record<string, unknown> => ({
  member_id: member.memberId,
  image_id: image.id,
  status: member.status,
  created_at: secondsTime(member.born),
  updated_at: secondsTime(member.updated),
  schema: '/v2/schemas/member',
});

function memberOf(cloud: Cloud, call: Call): { image: Image; member: Member } {
  const image = imageOf(cloud, call);
  const member = image.members.find((one) => one.memberId === call.params['member']);
  if (member === undefined) throw notFound(`Member not found: ${call.params['member']}`);
  return { image, member };
}

function addMember(cloud: Cloud, call: Call): Record<string, unknown> {
  const image = ownImageOf(cloud, call, 'add_member');
  if (image.visibility !== 'shared') throw forbidden('Only shared images have members.');
  const memberId = requiredText(call.body, 'member');
  if (image.members.some((one) => one.memberId === memberId)) {
    throw conflict(`Member ${memberId} is duplicated for image ${image.id}`);
  }
  const member: Member = { memberId, status: 'pending', born: Date.now(), updated: Date.now() };
  image.members.push(member);
  return memberView(image, member);
}

function answerMembership(cloud: Cloud, call: Call): Record<string, unknown> {
  const { image, member } = memberOf(cloud, call);
  if (!call.who.isAdmin && member.memberId !== call.who.projectId)
    throw forbidden('You are not authorized to complete modify_member action.');
  const status = requiredText(call.body, 'status');
  if (status !== 'accepted' && status !== 'rejected' && status !== 'pending')
    throw badRequest(`Incorrect request: status ${status}`);
  Object.assign(member, { status, updated: Date.now() });
  return memberView(image, member);
}

export const memberRoutes = (cloud: Cloud): Route[] => [
  get('/v2/images/{id}/members', (call) => {
    const image = imageOf(cloud, call);
    if (image.visibility !== 'shared') throw forbidden('Only shared images have members.');
    const all = call.who.isAdmin || image.owner === call.who.projectId;
    const members = image.members.filter((one) => all || one.memberId === call.who.projectId);
    return ok({ members: members.map((one) => memberView(image, one)), schema: '/v2/schemas/members' });
  }),
  post('/v2/images/{id}/members', (call) => ok(addMember(cloud, call))),
  get('/v2/images/{id}/members/{member}', (call) => {
    const { image, member } = memberOf(cloud, call);
    return ok(memberView(image, member));
  }),
  put('/v2/images/{id}/members/{member}', (call) => ok(answerMembership(cloud, call))),
  remove('/v2/images/{id}/members/{member}', (call) => {
    const image = ownImageOf(cloud, call, 'delete_member');
    const { member } = memberOf(cloud, call);
    image.members = image.members.filter((one) => one !== member);
    return noContent();
  }),
];
