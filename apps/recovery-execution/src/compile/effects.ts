import type { Json } from '@lifeboat/kernel';
import type { ServiceName } from '@lifeboat/openstack-client';
import type { Call } from './script.ts';
import type { Fields, RecordedObjects } from './recorded-objects.ts';

type Write = Pick<Call, 'service' | 'method' | 'path' | 'body'>;
type Effect = (objects: RecordedObjects, path: string, body: Fields, service: ServiceName) => void;

/** What later reads must see of a write: no more than the engines look at. */
const EFFECTS: readonly (readonly [Call['method'], RegExp, Effect])[] = [
  ['PUT', /^(.+)\/tags$/, (objects, path, { tags }, service) => merge(objects, service, path, { tags: tags ?? [] })],
  [
    'PUT',
    /^(\/volumes\/[^/]+)\/metadata$/,
    (objects, path, { metadata }, service) => merge(objects, service, path, { metadata: metadata ?? {} }),
  ],
  [
    'POST',
    /^(\/volumes\/[^/]+)\/metadata$/,
    (objects, path, { metadata }, service) => {
      const held = objects.get(service, path)?.fields['metadata'] as Fields | undefined;
      merge(objects, service, path, { metadata: { ...held, ...(metadata as Fields) } });
    },
  ],
  [
    'POST',
    /^(\/servers\/[^/]+)\/action$/,
    (objects, path, body, service) =>
      merge(objects, service, path, {
        ...('os-stop' in body && { status: 'SHUTOFF' }),
        ...('lock' in body && { locked: true }),
        ...('unlock' in body && { locked: false }),
      }),
  ],
  [
    'PUT',
    /^\/routers\/([^/]+)\/add_router_interface$/,
    (objects, router, { port_id: port }, service) =>
      merge(objects, service, `/ports/${String(port)}`, { device_id: router }),
  ],
  [
    'PUT',
    /^\/routers\/([^/]+)\/remove_router_interface$/,
    (objects, _router, { port_id: port }, service) => objects.remove(service, `/ports/${String(port)}`),
  ],
  [
    'PUT',
    /^\/groups\/([^/]+)$/,
    (objects, group, body, service) => {
      const { add_volumes: add, remove_volumes: remove } = (body['group'] ?? {}) as Fields;
      for (const id of namedIn(add)) merge(objects, service, `/volumes/${id}`, { group_id: group });
      for (const id of namedIn(remove)) merge(objects, service, `/volumes/${id}`, { group_id: null });
    },
  ],
  ['PATCH', /^(\/images\/[^/]+)$/, (objects, path, body, service) => merge(objects, service, path, patched(body))],
  ['DELETE', /^(.+)$/, (objects, path, _body, service) => objects.remove(service, path)],
  [
    'PUT',
    /^(.+)$/,
    (objects, path, body, service) => {
      const key = objects.get(service, path)?.key;
      if (key !== undefined) merge(objects, service, path, (key === '' ? body : body[key]) as Fields);
    },
  ],
];

const namedIn = (value: Json | undefined): readonly string[] =>
  String(value ?? '')
    .split(',')
    .filter(Boolean);

function merge(objects: RecordedObjects, service: ServiceName, path: string, fields: Fields): void {
  const object = objects.get(service, path);
  if (!object) return;
  const merged = Object.entries({ ...object.fields, ...fields }).filter(([, value]) => value !== (REMOVED as Json));
  objects.put({ ...object, fields: Object.fromEntries(merged) });
}

const REMOVED = '\u0000removed';

/** Glance's patches of whole fields. */
const patched = (operations: Json): Fields =>
  Object.fromEntries(
    (operations as readonly { readonly op: string; readonly path: string; readonly value?: Json }[]).map(
      ({ op, path, value }) => [path.slice(1), op === 'remove' ? REMOVED : (value ?? null)],
    ),
  );

export function takeEffect(objects: RecordedObjects, { service, method, path, body }: Write): void {
  const found = EFFECTS.find(([wanted, pattern]) => wanted === method && pattern.test(path));
  const named = found?.[1].exec(path)?.[1];
  if (found && named !== undefined) found[2](objects, named, (body ?? {}) as Fields, service);
}
