import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, patch, post, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, objectOf, requiredText, textOf } from '../http/fields.ts';
import { conflict, forbidden } from '../http/refusal.ts';
import { hexId } from '../state/identifiers.ts';
import { missing, needAdmin } from './identity-policy.ts';
import type { Domain } from './identity-state.ts';
import { identityList } from './listing.ts';

const domainView = (cloud: Cloud, domain: Domain): Record<string, unknown> => ({
  id: domain.id,
  name: domain.name,
  description: domain.description,
  enabled: domain.enabled,
  tags: [],
  options: {},
  links: { self: `${cloud.origin}/identity/v3/domains/${domain.id}` },
});

function domainOf(cloud: Cloud, call: Call, action: string): Domain {
  needAdmin(call, action);
  const domain = cloud.identity.domains.get(call.params['id']);
  if (domain === undefined) throw missing('domain', call.params['id'] ?? '');
  return domain;
}

export const domainRoutes = (cloud: Cloud): Route[] => [
  get('/v3/domains', (call) => {
    needAdmin(call, 'list_domains');
    return ok(identityList(cloud, call, 'domains', cloud.identity.domains, (one) => domainView(cloud, one)));
  }),
  post('/v3/domains', (call) => {
    needAdmin(call, 'create_domain');
    const body = objectOf(call.body, 'domain');
    const name = requiredText(body, 'name');
    if (cloud.identity.domains.some((one) => one.name === name))
      throw conflict(
        `Conflict occurred attempting to store domain - it is not permitted to have two projects acting as domains with the same name: ${name}.`,
      );
    const domain = cloud.identity.domains.add({
      id: hexId(),
      born: Date.now(),
      name,
      description: textOf(body, 'description') ?? '',
      enabled: flagOf(body, 'enabled') ?? true,
    });
    return created({ domain: domainView(cloud, domain) });
  }),
  get('/v3/domains/{id}', (call) => ok({ domain: domainView(cloud, domainOf(cloud, call, 'get_domain')) })),
  patch('/v3/domains/{id}', (call) => {
    const domain = domainOf(cloud, call, 'update_domain');
    const body = objectOf(call.body, 'domain');
    domain.enabled = flagOf(body, 'enabled') ?? domain.enabled;
    domain.description = textOf(body, 'description') ?? domain.description;
    return ok({ domain: domainView(cloud, domain) });
  }),
  remove('/v3/domains/{id}', (call) => {
    const domain = domainOf(cloud, call, 'delete_domain');
    if (domain.enabled)
      throw forbidden(
        'You are not authorized to perform the requested action: cannot delete a domain that is enabled, please disable it first.',
      );
    cloud.identity.domains.delete(domain.id);
    return noContent();
  }),
];
