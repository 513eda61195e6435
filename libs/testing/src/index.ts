export { until } from './until.ts';
export { createShop, defaultOffer } from './shop/shop.ts';
export type { Shop, ShopNetworks, ShopOffer, ShopServers } from './shop/shop.ts';
export { freePort, PROJECT_ROOT, ServiceProcess } from './stack/service-process.ts';
export { SERVICES, startStack } from './stack/stack.ts';
export type { ServiceName, Stack, StackOptions } from './stack/stack.ts';
