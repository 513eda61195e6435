import type { Cloud } from '@lifeboat/openstack-client';
import { createNetworks } from './networks.ts';
import { createServers } from './servers.ts';

/** What a cloud has to offer for the workload; names as in the clouds that tests and the demo use. */
export interface ShopOffer {
  readonly flavor: string;
  readonly image: string;
  readonly externalNetwork: string;
  readonly volumeType: string;
}

export const defaultOffer: ShopOffer = {
  flavor: 'tiny',
  image: 'guest',
  externalNetwork: 'public',
  volumeType: 'standard',
};

export interface ShopNetworks {
  readonly networkId: string;
  readonly subnetId: string;
  readonly routerId: string;
  readonly externalNetworkId: string;
  readonly groups: { readonly web: string; readonly db: string; readonly admin: string };
  readonly ports: {
    readonly web1: string;
    readonly web2: string;
    readonly db1: string;
    readonly db1Second: string;
    readonly vip: string;
  };
  readonly floatingIp: { readonly id: string; readonly address: string };
}

export interface ShopServers {
  readonly keypair: string;
  readonly serverGroupId: string;
  readonly imageId: string;
  readonly servers: { readonly web1: string; readonly web2: string; readonly db1: string };
  readonly volumes: { readonly web2Root: string; readonly db1Root: string; readonly db1Data: string };
}

export interface Shop extends ShopNetworks, ShopServers {}

/**
 * Creates the workload "shop" through the OpenStack APIs, with a tenant member's rights: a routed network, security groups that refer to
 * each other and to themselves, an image-booted web server with a floating IP, a volume-booted one of the same name, a database with a
 * data volume, two ports, address pairs and a chosen address, a VIP port that belongs to no server, and a server group. Answers when
 * every server is ACTIVE. `say` is told what is being made.
 */
export async function createShop(
  cloud: Cloud,
  offer: ShopOffer = defaultOffer,
  say: (what: string) => void = () => undefined,
): Promise<Shop> {
  say('network, subnet, router, security groups, ports');
  const networks = await createNetworks(cloud, offer);
  say('keypair, volumes, server group, servers');
  return { ...networks, ...(await createServers(cloud, offer, networks)) };
}
