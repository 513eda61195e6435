import { LifeboatError } from '@lifeboat/kernel';
import type { Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { found } from '../fields.ts';

const PATCH = { contentType: 'application/openstack-images-v2.1-json-patch' };
/** One for each run that gave a replica its looks: a drill that ends must not take them from a failover. */
const HELD = 'lifeboat_held_';

/** A public image is the operator's: its replica stays private. */
const mayBe = (visibility: unknown): boolean => visibility === 'shared' || visibility === 'community';

/** Whether a replica is to look other than it was made: private and unprotected. */
const hasLooks = ({ spec, observed }: Entity): boolean =>
  observed['own'] === true && (spec['protected'] === true || mayBe(spec['visibility']));

export const getImage = (cloud: Cloud, id: string): Promise<Live | undefined> =>
  found<Live>(
    cloud.image.get<Live>(`/images/${id}`).then((image) => ({ image })),
    'image',
  );

/** Projects that an image is shared with. */
export async function membersOf(cloud: Cloud, id: string): Promise<readonly string[]> {
  const { members } = await cloud.image.get<{ members: readonly { member_id: string }[] }>(`/images/${id}/members`);
  return members.map((member) => member.member_id);
}

/** Members of the target: those that the group's mappings name. */
export const mappedMembers = (kept: Entity, to: Target): readonly { readonly id: string; readonly there?: string }[] =>
  ((kept.spec['members'] ?? []) as readonly string[]).map((id) => {
    const there = to.mapped('project', id);
    return there === id ? { id } : { id, there };
  });

const patch = (
  cloud: Cloud,
  id: string,
  op: 'add' | 'replace' | 'remove',
  path: string,
  value?: unknown,
): Promise<unknown> =>
  cloud.image.patch(`/images/${id}`, [{ op, path: `/${path}`, ...(op !== 'remove' && { value }) }], PATCH);

/** What a cloud's policy keeps to itself (community images) is left; the receipt shows it. */
async function unlessRefused(work: Promise<unknown>, ...kinds: readonly string[]): Promise<void> {
  await work.catch((thrown: unknown) => {
    if (!(thrown instanceof LifeboatError) || !kinds.includes(thrown.kind)) throw thrown;
  });
}

/** Only a replica of our own: an image that stood there is its owner's. Protected last. */
export async function giveLooks(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void> {
  if (!hasLooks(kept)) return;
  const live = await getImage(cloud, id);
  if (live?.['lifeboat_purpose'] !== 'image-replica') return;
  await patch(cloud, id, 'add', `${HELD}${to.mark.runId}`, 'yes');
  const { visibility, protected: isProtected } = kept.spec;
  if (mayBe(visibility) && live['visibility'] !== visibility)
    await unlessRefused(patch(cloud, id, 'replace', 'visibility', visibility), 'forbidden');
  for (const { there } of visibility === 'shared' ? mappedMembers(kept, to) : [])
    if (there !== undefined)
      await unlessRefused(cloud.image.post(`/images/${id}/members`, { member: there }), 'conflict');
  if (isProtected === true) await patch(cloud, id, 'replace', 'protected', true);
}

/** As it was made, when the last run that held it lets go. */
export async function takeLooksBack(cloud: Cloud, id: string, to: Target): Promise<void> {
  const mine = `${HELD}${to.mark.runId}`;
  const live = await getImage(cloud, id);
  if (live?.[mine] === undefined) return;
  if (!Object.keys(live).some((key) => key.startsWith(HELD) && key !== mine)) {
    if (live['protected'] === true) await patch(cloud, id, 'replace', 'protected', false);
    if (live['visibility'] === 'shared')
      for (const member of await membersOf(cloud, id)) await cloud.image.delete(`/images/${id}/members/${member}`);
    if (live['visibility'] !== 'private') await patch(cloud, id, 'replace', 'visibility', 'private');
  }
  await patch(cloud, id, 'remove', mine);
}
