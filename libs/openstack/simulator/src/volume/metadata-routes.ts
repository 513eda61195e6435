import { noContent, get, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { requiredObject, textMapOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';

interface WithMetadata {
  metadata: Record<string, string>;
}

/** `/…/{id}/metadata`: POST merges, PUT replaces, single keys below it. */
export function metadataRoutes(
  root: string,
  find: (call: Call) => WithMetadata,
  absent: (id: string, key: string) => string,
  afterDelete = 200,
): Route[] {
  const given = (call: Call): Record<string, string> => {
    requiredObject(call.body, 'metadata');
    return textMapOf(call.body, 'metadata');
  };
  const item = (call: Call): { holder: WithMetadata; key: string } => {
    const holder = find(call);
    const key = call.params['key'] ?? '';
    if (!(key in holder.metadata)) throw notFound(absent(call.params['id'] ?? '', key));
    return { holder, key };
  };
  return [
    get(root, (call) => ok({ metadata: find(call).metadata })),
    post(root, (call) => {
      const holder = find(call);
      holder.metadata = { ...holder.metadata, ...given(call) };
      return ok({ metadata: holder.metadata });
    }),
    put(root, (call) => {
      const holder = find(call);
      holder.metadata = given(call);
      return ok({ metadata: holder.metadata });
    }),
    get(`${root}/{key}`, (call) => {
      const { holder, key } = item(call);
      return ok({ meta: { [key]: holder.metadata[key] } });
    }),
    put(`${root}/{key}`, (call) => {
      const holder = find(call);
      const key = call.params['key'] ?? '';
      const value = textMapOf(call.body, 'meta')[key];
      if (value === undefined) throw badRequest('Request body and URI mismatch');
      holder.metadata[key] = value;
      return ok({ meta: { [key]: value } });
    }),
    remove(`${root}/{key}`, (call) => {
      const { holder, key } = item(call);
      delete holder.metadata[key];
      return afterDelete === 204 ? noContent() : { status: afterDelete };
    }),
  ];
}
