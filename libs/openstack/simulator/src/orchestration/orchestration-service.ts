import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { objectOf, requiredObject, requiredText, textOf } from '../http/fields.ts';
import { badRequest, notFound, type Refusal } from '../http/refusal.ts';
import type { Service } from '../http/service.ts';
import { secondsTime, uuid } from '../state/identifiers.ts';
import { createVolume } from '../volume/volume-create.ts';
import { deleteVolume } from '../volume/volume-delete.ts';
import type { Stack, StackResource } from './orchestration-state.ts';

const VOLUME = 'OS::Cinder::Volume';

const listed = (cloud: Cloud, stack: Stack): Record<string, unknown> => ({
  id: stack.id,
  links: [
    { rel: 'self', href: `${cloud.origin}/orchestration/v1/${stack.projectId}/stacks/${stack.name}/${stack.id}` },
  ],
  project: stack.projectId,
  stack_name: stack.name,
  description: '',
  stack_status: 'CREATE_COMPLETE',
  stack_status_reason: 'Stack CREATE completed successfully',
  creation_time: secondsTime(stack.born),
  updated_time: null,
  deletion_time: null,
  parent: null,
  tags: null,
});

const resourceView = ({ name, type, physicalId }: StackResource): Record<string, unknown> => ({
  resource_name: name,
  logical_resource_id: name,
  physical_resource_id: physicalId,
  resource_type: type,
  resource_status: 'CREATE_COMPLETE',
  resource_status_reason: 'state changed',
  required_by: [],
});

const own = (cloud: Cloud, call: Call): Stack[] =>
  cloud.orchestration.stacks.filter(({ projectId }) => projectId === call.who.projectId);

/** As asked for: `id` may be given several times. */
function list(cloud: Cloud, call: Call): Answer {
  const wanted = call.query.getAll('id');
  const stacks = own(cloud, call).filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  return ok({ stacks: stacks.map((stack) => listed(cloud, stack)) });
}

function stackOf(cloud: Cloud, call: Call): Stack {
  const stack = own(cloud, call).find(({ id, name }) => id === call.params['id'] && name === call.params['name']);
  if (stack === undefined) throw notFound(`The Stack (${call.params['name']}) could not be found.`);
  return stack;
}

function create(cloud: Cloud, call: Call): Answer {
  const name = requiredText(call.body, 'stack_name');
  const wanted = requiredObject(requiredObject(call.body, 'template'), 'resources');
  if (own(cloud, call).some((one) => one.name === name)) throw badRequest(`The Stack (${name}) already exists.`);
  const resources = Object.keys(wanted).map((key): StackResource => {
    const resource = objectOf(wanted, key);
    const type = requiredText(resource, 'type');
    if (type !== VOLUME) throw badRequest(`The Resource Type (${type}) could not be found.`);
    const properties = requiredObject(resource, 'properties');
    const volume = createVolume(cloud, call.who, {
      ...properties,
      name: textOf(properties, 'name') ?? `${name}-${key}`,
    });
    return { name: key, type, physicalId: volume.id };
  });
  const stack = { id: uuid(), name, projectId: call.who.projectId, born: Date.now(), resources };
  return created({ stack: { id: cloud.orchestration.stacks.add(stack).id, links: [] } });
}

function destroy(cloud: Cloud, stack: Stack): Answer {
  for (const { physicalId } of stack.resources) {
    const volume = cloud.volume.volumes.get(physicalId);
    if (volume !== undefined) deleteVolume(cloud, volume);
  }
  cloud.orchestration.stacks.delete(stack.id);
  return noContent();
}

function routes(cloud: Cloud): Route[] {
  const [root, one] = ['/v1/{project}/stacks', '/v1/{project}/stacks/{name}/{id}'];
  return [
    get(root, (call) => list(cloud, call)),
    post(root, (call) => create(cloud, call)),
    get(one, (call) => ok({ stack: listed(cloud, stackOf(cloud, call)) })),
    remove(one, (call) => destroy(cloud, stackOf(cloud, call))),
    get(`${one}/resources`, (call) => ok({ resources: stackOf(cloud, call).resources.map(resourceView) })),
  ];
}

/** Heat's own form. */
const renderRefusal = (refusal: Refusal): Answer => ({
  status: refusal.status,
  headers: refusal.headers,
  body: {
    code: refusal.status,
    title: '',
    explanation: refusal.message,
    error: { message: refusal.message, type: '' },
  },
});

/** Heat 19, of stacks that hold volumes. */
export const orchestrationService = (cloud: Cloud): Service => ({
  name: 'orchestration',
  prefix: '/orchestration',
  routes: routes(cloud),
  renderRefusal,
});
