import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { requiredText, type JsonObject } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import { uuid } from '../state/identifiers.ts';
import type { NodeKind, TreeNode } from './load-balancer-state.ts';
import { mayReach, octaviaBody, octaviaList } from './octavia-list.ts';
import { checkAlone, checkUnused } from './tree-checks.ts';
import { KINDS, type KindRules } from './tree-kinds.ts';
import { lockTree, settle } from './tree-locks.ts';
import { nodeView } from './tree-views.ts';

function nodeOf(cloud: Cloud, call: Call, kind: NodeKind, id: string | undefined): TreeNode {
  const node = cloud.loadBalancer.nodes.get(id);
  if (node?.kind !== kind || !mayReach(call, node)) throw notFound(`${KINDS[kind].title} ${id} not found.`);
  return node;
}

/** Whom a new one is made below: by its path, by a field, or, for listeners and pools, the load balancer itself. */
function placeOf(
  cloud: Cloud,
  call: Call,
  { parent, parentKind }: KindRules,
  body: JsonObject,
): Pick<TreeNode, 'projectId' | 'loadBalancerId' | 'parentId'> {
  if (parentKind !== undefined) {
    const id = parent === undefined ? call.params['parent'] : requiredText(body, parent);
    const { projectId, loadBalancerId } = nodeOf(cloud, call, parentKind, id);
    return { projectId, loadBalancerId, parentId: id ?? null };
  }
  const id = requiredText(body, 'loadbalancer_id');
  const balancer = cloud.loadBalancer.loadBalancers.get(id);
  if (balancer === undefined || !mayReach(call, balancer)) throw notFound(`Load Balancer ${id} not found.`);
  return { projectId: balancer.projectId, loadBalancerId: id, parentId: null };
}

/** A policy that is put at a place moves those behind it; one past the end becomes the last. */
function rankOf(cloud: Cloud, parentId: string | null, position: unknown): Record<string, unknown> {
  const ranks = cloud.loadBalancer
    .nodesOf('l7policy', (one) => one.parentId === parentId)
    .map((one) => Number(one.fields['rank']))
    .sort((a, b) => a - b);
  const [before, after] = [ranks[Number(position) - 2], ranks[Number(position) - 1]];
  if (after === undefined) return { rank: (ranks.at(-1) ?? 0) + 1 };
  return { rank: ((before ?? after - 1) + after) / 2 };
}

function fieldsOf(cloud: Cloud, kind: NodeKind, parentId: string | null, body: JsonObject): Record<string, unknown> {
  const { defaults } = KINDS[kind];
  const given = Object.entries(body).filter(([key, value]) => key in defaults && value !== null);
  const fields: Record<string, unknown> = { ...defaults, ...Object.fromEntries(given) };
  if (kind !== 'l7policy') return fields;
  const { position, ...others } = fields;
  const redirects = (others['redirect_url'] ?? others['redirect_prefix']) !== null;
  return {
    ...others,
    ...rankOf(cloud, parentId, position),
    ...(redirects && { redirect_http_code: others['redirect_http_code'] ?? 302 }),
  };
}

function make(cloud: Cloud, call: Call, kind: NodeKind): TreeNode {
  const rules = KINDS[kind];
  const parent = rules.parentKind === undefined ? 'loadbalancer_id' : rules.parent;
  const allowed = [...Object.keys(rules.defaults), ...(parent === undefined ? [] : [parent]), 'project_id'];
  const body = octaviaBody(call, kind, allowed, rules.required);
  const place = placeOf(cloud, call, rules, body);
  for (const pool of ['default_pool_id', 'redirect_pool_id'])
    if (typeof body[pool] === 'string') nodeOf(cloud, call, 'pool', body[pool]);
  checkAlone(cloud, kind, place, body);
  const balancer = lockTree(cloud, place.loadBalancerId);
  const node = cloud.loadBalancer.nodes.add({
    id: uuid(),
    born: Date.now(),
    updated: null,
    kind,
    ...place,
    status: 'PENDING_CREATE',
    fields: fieldsOf(cloud, kind, place.parentId, body),
  });
  settle(cloud, balancer, node);
  return node;
}

function update(cloud: Cloud, call: Call, kind: NodeKind): TreeNode {
  const node = nodeOf(cloud, call, kind, call.params['id']);
  const { defaults, fixed } = KINDS[kind];
  const body = octaviaBody(
    call,
    kind,
    Object.keys(defaults).filter((key) => !fixed.includes(key)),
  );
  const balancer = lockTree(cloud, node.loadBalancerId);
  const { position, ...changed } = body;
  node.status = 'PENDING_UPDATE';
  node.updated = Date.now();
  node.fields = {
    ...node.fields,
    ...changed,
    ...(position !== undefined && rankOf(cloud, node.parentId, position)),
  };
  settle(cloud, balancer, node);
  return node;
}

/** With all below it; what leads to a pool that is gone leads nowhere. */
function drop(cloud: Cloud, node: TreeNode): void {
  for (const below of cloud.loadBalancer.nodes.filter((one) => one.parentId === node.id)) drop(cloud, below);
  for (const one of cloud.loadBalancer.nodesOf('listener', ({ fields }) => fields['default_pool_id'] === node.id))
    one.fields = { ...one.fields, default_pool_id: null };
  cloud.loadBalancer.nodes.delete(node.id);
}

function destroy(cloud: Cloud, call: Call, kind: NodeKind): void {
  const node = nodeOf(cloud, call, kind, call.params['id']);
  checkUnused(cloud, node);
  const balancer = lockTree(cloud, node.loadBalancerId);
  node.status = 'PENDING_DELETE';
  settle(cloud, balancer, node, () => drop(cloud, node));
}

function routesOf(cloud: Cloud, kind: NodeKind): Route[] {
  const { path, plural, parent, parentKind } = KINDS[kind];
  const held = parentKind !== undefined && parent === undefined ? parentKind : undefined;
  const base = `/v2/lbaas${held === undefined ? '' : `${KINDS[held].path}/{parent}`}${path}`;
  const view = (node: TreeNode): Record<string, unknown> => nodeView(cloud, node);
  return [
    get(base, (call) => {
      const below = held && nodeOf(cloud, call, held, call.params['parent']).id;
      const nodes = cloud.loadBalancer.nodesOf(kind, (one) => below === undefined || one.parentId === below);
      return ok(octaviaList(call, plural, nodes, view));
    }),
    post(base, (call) => created({ [kind]: view(make(cloud, call, kind)) })),
    get(`${base}/{id}`, (call) => ok({ [kind]: view(nodeOf(cloud, call, kind, call.params['id'])) })),
    put(`${base}/{id}`, (call) => ok({ [kind]: view(update(cloud, call, kind)) })),
    remove(`${base}/{id}`, (call) => {
      destroy(cloud, call, kind);
      return noContent();
    }),
  ];
}

export const treeRoutes = (cloud: Cloud): Route[] =>
  (Object.keys(KINDS) as NodeKind[]).flatMap((kind) => routesOf(cloud, kind));
