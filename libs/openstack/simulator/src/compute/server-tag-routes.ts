import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, put, remove, type Call, type Route } from '../http/call.ts';
import { textsOf } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import { serverOf } from './compute-policy.ts';
import type { Server } from './compute-state.ts';
import { checkTags } from './server-checks.ts';

function tagged(cloud: Cloud, call: Call): Server {
  if (call.minor < 26) throw notFound('The resource could not be found.');
  return serverOf(cloud, call);
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
