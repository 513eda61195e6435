import type { Cloud, CloudConfig } from './cloud.ts';
import { Keystone } from './keystone.ts';
import { HttpServiceClient } from './service-client.ts';
import type { TransportOptions } from './transport.ts';
import { Transport } from './transport.ts';

/** Opens a site; connects to nothing before the first call. */
export function openCloud(config: CloudConfig, options: TransportOptions = {}): Cloud {
  const transport = new Transport(config, options);
  const keystone = new Keystone(transport);
  const client = (name: 'identity' | 'compute' | 'image' | 'network' | 'volume'): HttpServiceClient =>
    new HttpServiceClient(name, transport, keystone);
  return {
    site: config.name,
    identity: client('identity'),
    compute: client('compute'),
    image: client('image'),
    network: client('network'),
    volume: client('volume'),
    whoAmI: async (signal) => (await keystone.session(signal)).identity,
    has: async (service, signal) => (await keystone.session(signal)).endpoints.has(service),
    close: () => transport.close(),
  };
}
