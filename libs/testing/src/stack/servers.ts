// A PostgreSQL and a nats-server of a suite's own: two stacks on one nats-server would take each other's messages.
export { freePort, startServers } from '../../../../tools/setup/servers.mjs';
export type { Servers } from '../../../../tools/setup/servers.mjs';
