import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, patch, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, objectOf, requiredText, textOf, textsOf } from '../http/fields.ts';
import { conflict, forbidden } from '../http/refusal.ts';
import { hexId } from '../state/identifiers.ts';
import { missing, needAdmin } from './identity-policy.ts';
import type { Project } from './identity-state.ts';
import { identityList } from './listing.ts';

export const projectView = (cloud: Cloud, project: Project): Record<string, unknown> => ({
  id: project.id,
  name: project.name,
  domain_id: project.domainId,
  description: project.description,
  enabled: project.enabled,
  parent_id: project.parentId,
  is_domain: false,
  tags: project.tags,
  options: {},
  links: { self: `${cloud.origin}/identity/v3/projects/${project.id}` },
});

/** Makes a project. Other services know it from its first use. */
export function makeProject(cloud: Cloud, name: string, more: Partial<Project> = {}): Project {
  const domainId = more.domainId ?? 'default';
  if (cloud.identity.projects.some((one) => one.name === name && one.domainId === domainId)) {
    throw conflict(
      `Conflict occurred attempting to store project - it is not permitted to have two projects with either the same name or same id in the same domain: name is ${name}, project id ${hexId()}.`,
    );
  }
  return cloud.identity.projects.add({
    id: hexId(),
    born: Date.now(),
    name,
    domainId,
    parentId: domainId,
    description: '',
    enabled: true,
    tags: [],
    ...more,
  });
}

function projectOf(cloud: Cloud, call: Call, action: string): Project {
  const id = call.params['id'] ?? '';
  const project = cloud.identity.projects.get(id);
  if (id !== call.who.projectId) {
    const member = cloud.identity.rolesOf(call.who.userId, { projectId: id }).length > 0;
    if (!call.who.isAdmin && project === undefined)
      throw forbidden(`You are not authorized to perform the requested action: identity:${action}.`);
    if (!member) needAdmin(call, action);
  }
  if (project === undefined) throw missing('project', id);
  return project;
}

function update(cloud: Cloud, call: Call): Project {
  needAdmin(call, 'update_project');
  const project = projectOf(cloud, call, 'update_project');
  const body = objectOf(call.body, 'project');
  project.name = textOf(body, 'name') ?? project.name;
  project.description = textOf(body, 'description') ?? project.description;
  project.enabled = flagOf(body, 'enabled') ?? project.enabled;
  project.tags = textsOf(body, 'tags') ?? project.tags;
  return project;
}

export const projectRoutes = (cloud: Cloud): Route[] => [
  get('/v3/projects', (call) => {
    needAdmin(call, 'list_projects');
    return ok(identityList(cloud, call, 'projects', cloud.identity.projects, (one) => projectView(cloud, one)));
  }),
  post('/v3/projects', (call) => {
    needAdmin(call, 'create_project');
    const body = objectOf(call.body, 'project');
    const project = makeProject(cloud, requiredText(body, 'name'), {
      description: textOf(body, 'description') ?? '',
      enabled: flagOf(body, 'enabled') ?? true,
      tags: textsOf(body, 'tags') ?? [],
      domainId: textOf(body, 'domain_id') ?? 'default',
      parentId: textOf(body, 'parent_id') ?? textOf(body, 'domain_id') ?? 'default',
    });
    return created({ project: projectView(cloud, project) });
  }),
  get('/v3/projects/{id}', (call) => ok({ project: projectView(cloud, projectOf(cloud, call, 'get_project')) })),
  patch('/v3/projects/{id}', (call) => ok({ project: projectView(cloud, update(cloud, call)) })),
  remove('/v3/projects/{id}', (call) => {
    needAdmin(call, 'delete_project');
    const project = projectOf(cloud, call, 'delete_project');
    cloud.identity.projects.delete(project.id);
    cloud.identity.assignments = cloud.identity.assignments.filter((one) => one.projectId !== project.id);
    return noContent();
  }),
  get('/v3/projects/{id}/tags', (call) => ok({ tags: projectOf(cloud, call, 'list_project_tags').tags })),
  put('/v3/projects/{id}/tags', (call) => {
    needAdmin(call, 'update_project_tags');
    const project = projectOf(cloud, call, 'update_project_tags');
    project.tags = textsOf(call.body, 'tags') ?? [];
    return ok({ tags: project.tags, links: { next: null, previous: null } });
  }),
  put('/v3/projects/{id}/tags/{tag}', (call) => {
    needAdmin(call, 'create_project_tag');
    const project = projectOf(cloud, call, 'create_project_tag');
    const tag = call.params['tag'] ?? '';
    if (!project.tags.includes(tag)) project.tags.push(tag);
    return { status: 201 };
  }),
];
