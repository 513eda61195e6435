import type { DiskRecipe } from '@lifeboat/contracts';
import { VOLUME_ID } from '@lifeboat/replication-driver-api';
import type { Json } from '@lifeboat/kernel';
import type { About, Recorder } from './recorder.ts';
import type { Fields } from './recorded-objects.ts';
import type { ByHand, Call, Wait } from './script.ts';

export interface Played {
  /** Of the copy at the target, known or not yet. */
  readonly id: string;
  /** The call that makes it. */
  readonly made?: Call;
  readonly byHand: readonly ByHand[];
}

/** Records what makes a disk's copy, as its driver says. */
export async function playRecipe({ disk, calls, gives, byHand = [] }: DiskRecipe, recorder: Recorder): Promise<Played> {
  const of = { kind: disk.kind === 'volume' ? 'volume' : 'server', id: disk.id, name: disk.name };
  const about = `${of.kind} ${disk.name || disk.id}`;
  const steps = byHand.length === 0 ? [] : [{ about, steps: [...byHand] }];
  let made: Call | undefined;
  for (const { service, method, path, body, first, wait } of calls) {
    const resolved = resolvedFor(made);
    const as: About['as'] = made ? 'more' : 'create';
    const client = recorder.cloud({ of, as })[service];
    if (method === 'DELETE') await client.delete(resolved(path));
    else await client[method === 'POST' ? 'post' : 'put'](resolved(path), resolved(body));
    const call = recorder.calls.at(-1);
    if (!call) continue;
    made ??= call;
    const here = resolvedFor(made);
    recorder.amend(call.n, {
      ...(first && { first: here(first as Wait) }),
      ...(wait && { wait: here(wait as Wait) }),
      ...(call === made && { makes: copyMade(call) }),
    });
  }
  if (gives === 'by hand')
    return { id: `\${given.${disk.id}}`, byHand: [{ about, steps: [...byHand], given: disk.id }] };
  const id = gives.kind === 'image' ? gives.imageId : resolvedFor(made)(gives.volumeId);
  return { id, ...(made && { made }), byHand: steps };
}

/** Takes a copy away again. */
export async function dropCopy({ of, n, what }: Call, recorder: Recorder): Promise<void> {
  const path = `/volumes/${idOf(n)}`;
  await recorder.cloud({ of: { ...of, name: what.slice(of.kind.length + 1) }, as: 'more' }).volume.delete(path);
  recorder.amend(recorder.calls.length, { wait: { path, field: '', until: [], fail: [], gone: true } });
}

const idOf = (n: number): string => `\${${n}.volume.id}`;

const resolvedFor =
  (made: Call | undefined) =>
  <T>(value: T): T =>
    made ? (JSON.parse(JSON.stringify(value).replaceAll(VOLUME_ID, idOf(made.n))) as T) : value;

/** The driver's mark is in its metadata; where something else writes those, in its description too. */
function copyMade({ n, body }: Call): NonNullable<Call['makes']> {
  const { metadata, description } = ((body as Fields)['volume'] ?? {}) as Fields;
  const where: Json[] = [{ metadata: metadata ?? {} }, ...(description === undefined ? [] : [{ description }])];
  return {
    id: 'volume.id',
    path: `/volumes/${idOf(n)}`,
    find: { path: '/volumes/detail', query: {}, key: 'volumes', marked: true, where },
  };
}
