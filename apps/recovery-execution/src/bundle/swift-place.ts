import { illegalState } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { Readable } from 'node:stream';
import type { Place } from './place.ts';

type Listed = readonly { readonly name?: string; readonly subdir?: string }[];

/** A container of the recovery site's object store. The manifest is written last: what has none is no bundle. */
export function swiftPlace(cloud: Cloud, container: string): Place {
  const store = cloud['object-store'];
  const put = (path: string, bytes: Buffer): Promise<void> =>
    store.upload(path, Readable.from([bytes]), { size: bytes.length });
  const objectsOf = async (prefix: string, delimiter?: string): Promise<Listed> =>
    (await store.get<Listed | undefined>(`/${container}`, {
      query: { format: 'json', prefix, ...(delimiter !== undefined && { delimiter }) },
    })) ?? [];
  return {
    async write(group, name, files) {
      if (!(await cloud.has('object-store')))
        throw illegalState(
          'object-store-absent',
          `${cloud.site} has no object store for the container "${container}".`,
          {
            mend: 'Name a directory instead.',
          },
        );
      await put(`/${container}`, Buffer.alloc(0));
      for (const { name: file, bytes } of files) await put(`/${container}/${group}/${name}/${file}`, bytes);
    },
    async names(group) {
      const found = await objectsOf(`${group}/`, '/');
      return found.flatMap(({ subdir }) => subdir?.split('/').at(-2) ?? []);
    },
    async remove(group, name) {
      for (const { name: object } of await objectsOf(`${group}/${name}/`))
        if (object !== undefined) await store.delete(`/${container}/${object}`);
    },
  };
}
