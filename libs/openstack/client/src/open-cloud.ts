import { forEachService } from './cloud.ts';
import type { Cloud, CloudConfig } from './cloud.ts';
import { Keystone } from './keystone.ts';
import { HttpServiceClient } from './service-client.ts';
import type { TransportOptions } from './transport.ts';
import { Transport } from './transport.ts';

/** Opens a site; connects to nothing before the first call. */
export function openCloud(config: CloudConfig, options: TransportOptions = {}): Cloud {
  const transport = new Transport(config, options);
  const keystone = new Keystone(transport);
  return {
    site: config.name,
    ...forEachService((name) => new HttpServiceClient(name, transport, keystone)),
    whoAmI: async (signal) => (await keystone.session(signal)).identity,
    has: async (service, signal) => (await keystone.session(signal)).endpoints.has(service),
    close: () => transport.close(),
  };
}
