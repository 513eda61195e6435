import type { Cloud } from '@lifeboat/openstack-client';
import type { EntityReceipt, Ref, Target } from '@lifeboat/openstack-entity-api';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { entities } from '../index.ts';
import { TwoClouds } from '../simulated/two-clouds.ts';

const PLAIN = 'correct horse';
const text = { payload: PLAIN, payload_content_type: 'text/plain' };

describe('secrets', () => {
  let clouds: TwoClouds;
  let mine: Cloud;
  let colleague: Cloud;
  let target: Cloud;
  beforeEach(async () => {
    clouds = await TwoClouds.start('key-manager');
    mine = clouds.open(clouds.here);
    colleague = clouds.open(clouds.here, { username: 'admin', project: 'demo' });
    target = clouds.open(clouds.there);
  });
  afterEach(() => clouds.stop());

  const make = async (
    kind: 'secret' | 'container',
    body: Record<string, unknown>,
    by = mine,
  ): Promise<{ readonly link: string; readonly id: string }> => {
    const link = (await by['key-manager'].post<Record<string, string>>(`/${kind}s`, body))[`${kind}_ref`] ?? '';
    return { link, id: link.split('/').at(-1) ?? '' };
  };
  const shut = (id: string, users: readonly string[], by: Cloud): Promise<unknown> =>
    by['key-manager'].put(`/secrets/${id}/acl`, { read: { 'project-access': false, users } });
  const secret = (id: string): Ref => ({ kind: 'secret', id });
  const linesOf = (receipts: readonly EntityReceipt[], ref: Ref) =>
    receipts.find(({ kind, sourceId }) => kind === ref.kind && sourceId === ref.id)?.fields;
  const calls = (path: RegExp): number => clouds.here.requests().filter((one) => path.test(one.path)).length;

  it('are kept sealed, and no receipt, topology or error has what they hold', async () => {
    const { id } = await make('secret', { name: 'door', ...text });
    const { all } = await clouds.look(mine);
    expect(all.get(secret(id))?.spec['payload']).toMatchObject({ digest: expect.stringContaining('of ') });
    const { receipts, remove } = await clouds.recover(mine, target, [secret(id)]);
    expect(linesOf(receipts, secret(id))).toContainEqual({ field: 'payload', outcome: 'carried' });
    expect(JSON.stringify([all.entities, receipts])).not.toContain(PLAIN);
    expect((await remove()).left).toEqual([]);
    clouds.there.faults.add({
      method: 'POST',
      path: '/key-manager/v1/secrets',
      kind: 'error',
      status: 400,
      message: `'${PLAIN}' is not of type 'secret'`,
    });
    const refused = await clouds.recover(mine, target, [secret(id)]).catch((thrown: unknown) => thrown);
    expect(String(refused)).toContain("'***' is not of type 'secret'");
    expect(JSON.stringify(refused)).not.toContain(PLAIN);
  });

  it('are decrypted once as long as a site is open, however often it is swept', async () => {
    const { id } = await make('secret', { name: 'door', ...text });
    const looks = [await clouds.look(mine), await clouds.look(mine), await clouds.look(mine)];
    expect(calls(/\/payload$/)).toBe(1);
    expect(calls(/\/acl$/)).toBe(3);
    expect(new Set(looks.map(({ all }) => JSON.stringify(all.get(secret(id))?.spec))).size).toBe(1);
    await clouds.look(clouds.open(clouds.here));
    expect(calls(/\/payload$/)).toBe(2);
  });

  it('that only their creator may read are unseen, and left out with the containers they are in', async () => {
    const [open, hidden] = [await make('secret', { ...text, name: 'open' }), await make('secret', text, colleague)];
    await shut(hidden.id, [], colleague);
    const both = [open, hidden].map(({ link }, i) => ({ name: `n${i}`, secret_ref: link }));
    const pair = await make('container', { type: 'generic', name: 'pair', secret_refs: both });
    const { all } = await clouds.look(mine);
    const reason = 'only its creator, or who is named in its ACL, may read it';
    expect(all.get(secret(hidden.id))?.unseen).toEqual(
      ['payload', 'metadata', 'project_access'].map((field) => ({ field, reason })),
    );
    const ref = { kind: 'secret-container', id: pair.id };
    const { how, receipts } = await clouds.recover(mine, target, [ref]);
    expect(how(secret(open.id))).toBe('created');
    expect(how(secret(hidden.id))).toBe(`left out: its payload could not be read: ${reason}`);
    expect(how(ref)).toContain('left out: its secret');
    expect(receipts.flatMap(({ fields }) => fields.filter(({ outcome }) => outcome === 'unexplained'))).toEqual([]);
  });

  it('that they are shut to the project stays, and whom their ACL names is said to be dropped', async () => {
    const { id } = await make('secret', { name: 'door', ...text });
    const { userId } = await colleague.whoAmI();
    await shut(id, [userId], mine);
    const { receipts, there } = await clouds.recover(mine, target, [secret(id)]);
    const acl = await target['key-manager'].get(`/secrets/${there(secret(id))}/acl`);
    expect(acl).toMatchObject({ read: { 'project-access': false, users: [] } });
    expect(linesOf(receipts, secret(id))?.filter(({ outcome }) => outcome === 'dropped')).toEqual([
      expect.objectContaining({ field: 'acl users', why: 'users named in its ACL (1): their ids are of one cloud' }),
      expect.objectContaining({ field: 'creator' }),
    ]);
  });

  it('that expire before they are made again are left out, with their containers', async () => {
    const expiration = new Date(Date.now() + 2_000).toISOString();
    const brief = await make('secret', { ...text, expiration });
    const holder = await make('container', { type: 'generic', secret_refs: [{ name: 'n', secret_ref: brief.link }] });
    const before = await clouds.look(mine);
    const now = Date.now;
    try {
      Date.now = () => now() + 60_000;
      expect((await clouds.look(mine)).all.of('secret')).toEqual([]);
      const { how } = await clouds.recover(mine, target, [{ kind: 'secret-container', id: holder.id }]);
      expect(how({ kind: 'secret-container', id: holder.id })).toBe(
        'left out: 1 of its secrets expired or were deleted at the source',
      );
      const kept = before.all.get(secret(brief.id));
      if (!kept) throw new Error('It was not captured.');
      expect(await entities.get('secret').declines?.(target, kept, {} as Target)).toMatch(/^it expired at .* UTC$/);
    } finally {
      Date.now = now;
    }
  });

  it('hold the same bytes, and texts but for the white space that Barbican takes off', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const binary = await make('secret', {
      payload: bytes.toString('base64'),
      payload_content_type: 'application/octet-stream',
      payload_content_encoding: 'base64',
    });
    const later = await make('secret', { name: 'put later' });
    const put = new TextEncoder().encode('line\n');
    await mine['key-manager'].upload(`/secrets/${later.id}`, Readable.from([put]), {
      headers: { 'content-type': 'text/plain' },
    });
    const { receipts, there } = await clouds.recover(mine, target, [secret(binary.id), secret(later.id)]);
    const read = async (id: string, accept: string): Promise<Buffer> =>
      buffer((await target['key-manager'].download(`/secrets/${id}/payload`, { headers: { accept } })).body);
    expect(await read(there(secret(binary.id)), 'application/octet-stream')).toEqual(bytes);
    expect((await read(there(secret(later.id)), 'text/plain')).toString()).toBe('line');
    expect(linesOf(receipts, secret(later.id))).toContainEqual(
      expect.objectContaining({ field: 'payload', outcome: 'mapped' }),
    );
  });

  it('of which Barbican has lost the key do not stop the capture of others', async () => {
    const [lost, fine] = [
      await make('secret', { ...text, name: 'lost' }),
      await make('secret', { ...text, name: 'fine' }),
    ];
    clouds.here.faults.add({
      path: `/secrets/${lost.id}/payload`,
      kind: 'error',
      status: 500,
    });
    const { all } = await clouds.look(mine);
    expect(all.get(secret(lost.id))?.unseen).toEqual([
      { field: 'payload', reason: 'the key manager fails to read it (500)' },
    ]);
    expect(all.get(secret(fine.id))?.unseen).toBeUndefined();
  }, 30_000);
});
