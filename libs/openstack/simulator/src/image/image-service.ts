import { STATUS_CODES } from 'node:http';
import type { Cloud } from '../cloud.ts';
import { get, ok, type Answer, type Call, type Route } from '../http/call.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Service } from '../http/service.ts';
import { imageRoutes } from './image-routes.ts';
import { memberRoutes } from './member-routes.ts';

const versions = [
  '2.15',
  '2.13',
  '2.12',
  '2.11',
  '2.10',
  '2.9',
  '2.8',
  '2.7',
  '2.6',
  '2.5',
  '2.4',
  '2.3',
  '2.2',
  '2.1',
  '2.0',
];

const discovery = (call: Call): unknown => ({
  versions: versions.map((version, index) => ({
    id: `v${version}`,
    status: index === 0 ? 'CURRENT' : 'SUPPORTED',
    links: [{ rel: 'self', href: `${call.origin}/image/v2/` }],
  })),
});

const textual = { type: ['null', 'string'] };
const imageSchema = {
  name: 'image',
  additionalProperties: { type: 'string' },
  properties: {
    id: { type: 'string' },
    name: textual,
    status: { type: 'string', readOnly: true },
    visibility: { type: 'string' },
    disk_format: textual,
    container_format: textual,
  },
};

const infoRoutes: readonly Route[] = [
  get('/', (call) => ({ status: 300, body: discovery(call) }), true),
  get('/versions', (call) => ok(discovery(call)), true),
  get('/v2', (call) => ({ status: 300, body: discovery(call) }), true),
  get('/v2/schemas/image', () => ok(imageSchema)),
  get('/v2/schemas/images', () =>
    ok({ name: 'images', properties: { images: { type: 'array', items: imageSchema } } }),
  ),
  get('/v2/info/import', () =>
    ok({
      'import-methods': {
        description: 'Import methods available.',
        type: 'array',
        value: ['glance-direct', 'web-download', 'copy-image'],
      },
    }),
  ),
  get('/v2/info/stores', () => ok({ stores: [{ id: 'rbd', default: 'true' }] })),
];

/** Refusals raised without an explanation carry the framework's sentence first and Glance's as detail. */
const general: Readonly<Record<number, string>> = {
  403: 'Access was denied to this resource.',
  409: 'There was a conflict when trying to complete your request.',
  416: 'The Range requested is not available.',
};

function wordsOf(refusal: Refusal): string {
  const first = general[refusal.status];
  return refusal.type === 'detail' && first !== undefined
    ? `${first}<br /><br />\n${refusal.message}\n\n`
    : `${refusal.message}<br /><br />\n\n\n`;
}

/** webob's error page, in the form the client accepts; unlike other services Glance answers HTML by default. */
function renderRefusal(refusal: Refusal, call: Pick<Call, 'headers'>): Answer {
  const title = refusal.status === 416 ? 'Request Range Not Satisfiable' : (STATUS_CODES[refusal.status] ?? 'Error');
  const json = String(call.headers.accept ?? '').includes('application/json');
  const body = json
    ? { message: wordsOf(refusal), code: `${refusal.status} ${title}`, title }
    : `<html>\n <head>\n  <title>${refusal.status} ${title}</title>\n </head>\n <body>\n  <h1>${refusal.status} ${title}</h1>\n  ${wordsOf(refusal)}\n </body>\n</html>`;
  return {
    status: refusal.status,
    body,
    headers: { ...refusal.headers, ...(!json && { 'content-type': 'text/html; charset=UTF-8' }) },
  };
}

/** Glance 25. */
export const imageService = (cloud: Cloud): Service => ({
  name: 'image',
  prefix: '/image',
  routes: [...infoRoutes, ...imageRoutes(cloud), ...memberRoutes(cloud)],
  renderRefusal,
});
