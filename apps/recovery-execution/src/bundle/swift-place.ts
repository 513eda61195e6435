import { illegalState } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { Readable } from 'node:stream';
import type { Place } from './place.ts';

const LAST = 'manifest.json';

/** A container of the recovery site's object store. The manifest is written last: what has none was cut off, and goes with the next. */
export function swiftPlace(cloud: Cloud, container: string): Place {
  const store = cloud['object-store'];
  const put = (path: string, bytes: Buffer): Promise<void> =>
    store.upload(path, Readable.from([bytes]), { size: bytes.length });
  const objectsOf = async (prefix: string): Promise<readonly string[]> => {
    const names: string[] = [];
    for (let marker: string | undefined = ''; marker !== undefined; marker = names.at(-1)) {
      const query = { format: 'json', prefix, marker };
      const page =
        (await store.get<readonly { readonly name: string }[] | undefined>(`/${container}`, { query })) ?? [];
      if (page.length === 0) break;
      names.push(...page.map(({ name }) => name));
    }
    return names;
  };
  const bundlesOf = async (group: string): Promise<ReadonlyMap<string, readonly string[]>> =>
    Map.groupBy(await objectsOf(`${group}/`), (object) => object.split('/')[1] ?? '');
  const removeAll = async (objects: readonly string[]): Promise<void> => {
    for (const object of objects) await store.delete(`/${container}/${object}`);
  };
  const isWhole = (objects: readonly string[]): boolean => objects.some((object) => object.endsWith(`/${LAST}`));
  return {
    async write(group, name, files) {
      if (!(await cloud.has('object-store')))
        throw illegalState(
          'object-store-absent',
          `${cloud.site} has no object store for the container "${container}".`,
          { mend: 'Name a directory instead.' },
        );
      await put(`/${container}`, Buffer.alloc(0));
      for (const objects of (await bundlesOf(group)).values()) if (!isWhole(objects)) await removeAll(objects);
      for (const { name: file, bytes } of files) await put(`/${container}/${group}/${name}/${file}`, bytes);
    },
    names: async (group) => [...(await bundlesOf(group))].flatMap(([name, all]) => (isWhole(all) ? [name] : [])),
    groups: async () => [...new Set((await objectsOf('')).map((object) => object.split('/')[0] ?? ''))],
    async read(group, name) {
      const prefix = `${group}/${name}/`;
      const files = new Map<string, Buffer>();
      for (const object of await objectsOf(prefix)) {
        const { body } = await store.download(`/${container}/${object}`);
        const chunks: Buffer[] = [];
        for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
        files.set(object.slice(prefix.length), Buffer.concat(chunks));
      }
      return files;
    },
    remove: async (group, name) => removeAll(await objectsOf(`${group}/${name}/`)),
  };
}
