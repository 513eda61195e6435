// Servers of a suite's own: two stacks on one nats-server would take each other's messages.
export { hasRabbitmq, startRabbitmq } from '../../../../tools/setup/rabbitmq.mjs';
export type { Rabbitmq } from '../../../../tools/setup/rabbitmq.mjs';
export { freePort, startServers } from '../../../../tools/setup/servers.mjs';
export type { Servers } from '../../../../tools/setup/servers.mjs';
