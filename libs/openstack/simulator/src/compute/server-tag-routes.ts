import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, put, remove, type Call, type Route } from '../http/call.ts';
import { textsOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { serverOf } from './compute-policy.ts';
import type { Server } from './compute-state.ts';

function tagged(cloud: Cloud, call: Call): Server {
  if (call.minor < 26) throw notFound('The resource could not be found.');
  return serverOf(cloud, call);
}

function checkTags(tags: readonly string[]): string[] {
  const wrong = tags.find((tag) => tag === '' || tag.length > 60 || /[,/]/.test(tag));
  if (wrong !== undefined)
    throw badRequest(`Invalid input for field/attribute tags. Value: ${wrong}. '${wrong}' does not match '^[^,/]*$'`);
  if (tags.length > 50) throw badRequest('The number of tags exceeded the per-server limit 50');
  return [...new Set(tags)].sort();
}

export const serverTagRoutes = (cloud: Cloud): Route[] => {
  const root = '/v2.1/servers/{id}/tags';
  return [
    get(root, (call) => ok({ tags: tagged(cloud, call).tags })),
    put(root, (call) => {
      const server = tagged(cloud, call);
      server.tags = checkTags(textsOf(call.body, 'tags') ?? []);
      return ok({ tags: server.tags });
    }),
    remove(root, (call) => {
      tagged(cloud, call).tags = [];
      return noContent();
    }),
    get(`${root}/{tag}`, (call) => {
      if (!tagged(cloud, call).tags.includes(call.params['tag'] ?? ''))
        throw notFound(`Server ${call.params['id']} has no tag '${call.params['tag']}'`);
      return noContent();
    }),
    put(`${root}/{tag}`, (call) => {
      const server = tagged(cloud, call);
      const known = server.tags.includes(call.params['tag'] ?? '');
      server.tags = checkTags([...server.tags, call.params['tag'] ?? '']);
      return { status: known ? 204 : 201 };
    }),
    remove(`${root}/{tag}`, (call) => {
      const server = tagged(cloud, call);
      const tag = call.params['tag'] ?? '';
      if (!server.tags.includes(tag)) throw notFound(`Server ${server.id} has no tag '${tag}'`);
      server.tags = server.tags.filter((one) => one !== tag);
      return noContent();
    }),
  ];
};
