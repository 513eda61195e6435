import type { Json } from '@lifeboat/kernel';
import { userTags } from '@lifeboat/openstack-entity-api';
import { stringify } from 'yaml';
import type { Compiled } from '../../compile/compile.ts';
import type { Fields, RecordedObjects } from '../../compile/recorded-objects.ts';
import type { Call, Script } from '../../compile/script.ts';
import { placeOf, ruleInGroup } from './group-rules.ts';
import { HOT_TYPES } from './hot-types.ts';
import type { HotType } from './hot-types.ts';

export interface Hot {
  /** As Heat takes it. */
  readonly text: string;
  /** What it cannot say: `network web: …`. */
  readonly unsaid: readonly string[];
}

interface Resource {
  readonly type: string;
  readonly depends_on?: readonly string[];
  readonly properties: Readonly<Record<string, Json>>;
}

const VERSION = '2018-08-31';

/** The same recovery for Heat, as far as Heat can say it: of what would stand in the end, not of how it comes to stand. Pure. */
export function hotTemplate({ script, objects }: Compiled, title: string): Hot {
  const made = script.calls.filter(({ makes }) => makes);
  const standing = withRules(made.map((call) => ({ call, fields: fieldsOf(call, script, objects) })));
  const inTemplate = standing.filter(({ call, fields }) => reasonOf(call, fields) === undefined);
  const names = new Map(inTemplate.map(({ call }) => [call.n, nameOf(call)]));
  const resources: Record<string, Resource> = {};
  for (const { call, fields } of inTemplate) {
    const type = HOT_TYPES[call.of.kind] as HotType;
    const depends = dependsOn(call, script, names);
    const properties = referring(propertiesOf(type, fields), names) as Resource['properties'];
    resources[nameOf(call)] = { type: type.type, ...(depends.length > 0 && { depends_on: depends }), properties };
    if (call.of.kind === 'router-interface') Object.assign(resources, joint(call, script, names));
  }
  const unsaid = standing.flatMap(({ call, fields }) => unsaidOf(call, fields));
  const parameters = Object.fromEntries(
    script.byHand.flatMap(({ given, about }) =>
      given === undefined
        ? []
        : [[givenName(given), { type: 'string', description: `Id of the volume made by hand for ${about}.` }]],
    ),
  );
  const document = {
    heat_template_version: VERSION,
    description: title,
    ...(Object.keys(parameters).length > 0 && { parameters }),
    resources,
  };
  const head = ['What Heat cannot be told, and recover.py does:', ...unsaid.map((one) => `- ${one}`)];
  const comments = unsaid.length > 0 ? `${head.map((line) => `# ${line.replaceAll(/\s+/g, ' ')}`).join('\n')}\n` : '';
  // Heat reads YAML 1.1, in which `on` is true.
  return {
    text: comments + stringify(document, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }),
    unsaid,
  };
}

interface Standing {
  readonly call: Call;
  readonly fields: Fields;
}

/** Groups with the rules that stand in their own list. */
function withRules(all: readonly Standing[]): readonly Standing[] {
  const rules = all.filter(({ call, fields }) => call.of.kind === 'security-group-rule' && placeOf(fields) === 'group');
  return all.map((one) => {
    if (one.call.of.kind !== 'security-group') return one;
    const own = rules
      .filter(({ fields }) => fields['security_group_id'] === one.fields['id'])
      .map(({ fields }) => ruleInGroup(fields));
    const shut = !own.some(({ direction }) => direction === 'egress');
    return { ...one, fields: { ...one.fields, rules: own, shut } };
  });
}

const nameOf = ({ of, n }: Pick<Call, 'of' | 'n'>): string => `${of.kind.replaceAll('-', '_')}_${n}`;
/** The parameter that takes the id of a volume made by hand. */
export const givenName = (disk: string): string => `volume_${disk.replaceAll('-', '_')}`;

/** As it would stand in the end, with what Heat wants to be told otherwise. */
function fieldsOf(call: Call, { calls }: Script, objects: RecordedObjects): Fields {
  const fields = objects.of(call.n)?.fields ?? {};
  const id = `\${${call.n}.volume.id}`;
  const restored = calls
    .filter(({ body }) => ((body as Fields | undefined)?.['restore'] as Fields | undefined)?.['volume_id'] === id)
    .map(({ path }) => /^\/backups\/([^/]+)\/restore$/.exec(path)?.[1])[0];
  const group = ((call.body as Fields | undefined)?.['os:scheduler_hints'] as Fields | undefined)?.['group'];
  const bootable = calls.some(({ body, path }) => path === `/volumes/${id}/action` && isBootable(body));
  const ownTags = [...userTags(fields['tags'])];
  // By reference: Heat looks for a key that is only named before it makes any.
  const key = calls.find(
    ({ n, of, makes }) => makes && of.kind === 'keypair' && keyOf(objects, n) === fields['key_name'],
  );
  return {
    ...fields,
    ...(key && { key_name: `\${${key.n}.keypair.name}` }),
    ...(ownTags.length > 0 && { own_tags: ownTags }),
    ...(restored !== undefined && { backup_id: restored }),
    ...(group !== undefined && { group }),
    ...(bootable && { bootable: true }),
  };
}

const keyOf = (objects: RecordedObjects, n: number): Json | undefined => objects.of(n)?.fields['name'];

const isBootable = (body: Json | undefined): boolean =>
  ((body as Fields | undefined)?.['os-set_bootable'] as Fields | undefined)?.['bootable'] === true;

/** Why it is not in the template; empty for what need not be said. */
function reasonOf({ of }: Call, fields: Fields): string | undefined {
  const type = HOT_TYPES[of.kind];
  return type ? type.leftOut?.(fields) : 'it is not in this template';
}

function unsaidOf(call: Call, fields: Fields): readonly string[] {
  const reason = reasonOf(call, fields);
  if (reason !== undefined) return reason === '' ? [] : [`${call.what}: ${reason}`];
  return (HOT_TYPES[call.of.kind]?.unsaid?.(fields) ?? []).map((what) => `${call.what}: ${what}`);
}

function propertiesOf({ properties }: HotType, fields: Fields): Fields {
  const given = Object.entries(properties).map(([name, from]) => [
    name,
    typeof from === 'string' ? fields[from] : from(fields),
  ]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== null)) as Fields;
}

const WHOLE = /^\$\{(?:(\d+)\.[\w.]+|given\.([\w-]+))\}$/;

/** References to calls become references to resources. */
function referring(value: Json, names: ReadonlyMap<number, string>): Json {
  if (Array.isArray(value)) return value.map((item) => referring(item, names));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, referring(inner, names)]));
  const [, n, given] = typeof value === 'string' ? (WHOLE.exec(value) ?? []) : [];
  if (given !== undefined) return { get_param: givenName(given) };
  const name = n === undefined ? undefined : names.get(Number(n));
  return name === undefined ? value : { get_resource: name };
}

/** Servers of a wave come after those of the one before; a floating IP is routed when its router is joined. */
function dependsOn(call: Call, { calls, waves }: Script, names: ReadonlyMap<number, string>): readonly string[] {
  const of = (wanted: (one: Call) => boolean): string[] =>
    calls.filter((one) => wanted(one) && one.n < call.n).flatMap(({ n }) => names.get(n) ?? []);
  if (call.of.kind === 'floating-ip') return of(({ of: { kind } }) => kind === 'router-interface').map(jointName);
  if (call.of.kind !== 'server') return [];
  const before = waves.filter(({ to }) => to < call.n).at(-1);
  return of(({ of: { kind }, n }) => kind === 'server' && before !== undefined && n >= before.from && n <= before.to);
}

const jointName = (port: string): string => `${port}_joint`;

/** The port that joins a router is one resource, that it does is another. */
function joint(call: Call, { calls }: Script, names: ReadonlyMap<number, string>): Readonly<Record<string, Resource>> {
  const joins = calls.find(({ path, of }) => path.endsWith('/add_router_interface') && of.id === call.of.id);
  const router = /^\/routers\/([^/]+)\//.exec(joins?.path ?? '')?.[1];
  if (router === undefined) return {};
  const port = nameOf(call);
  const properties = { router: referring(router, names), port: { get_resource: port } };
  return { [jointName(port)]: { type: 'OS::Neutron::RouterInterface', properties } };
}
