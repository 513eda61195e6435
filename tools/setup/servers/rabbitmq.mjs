import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { freePort } from './free-port.mjs';
import { ServerProcess } from './server-process.mjs';

/** The script that becomes the broker; `/usr/sbin/rabbitmq-server` of Debian only changes the user before it calls this. */
const SCRIPTS = ['/usr/lib/rabbitmq/bin/rabbitmq-server', '/opt/rabbitmq/sbin/rabbitmq-server'];

export const rabbitmqScript = () => SCRIPTS.find((path) => existsSync(path));

/** A RabbitMQ of our own on loopback, without plugins, protected by a random password, and the port mapper that its Erlang wants. */
export async function createRabbitmq({ place, dir, onPid }) {
  const home = `${dir}/rabbitmq`;
  const { uid, gid } = place.identity;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const ports = { node: await freePort(), dist: await freePort(), epmd: await freePort() };
  const password = randomBytes(18).toString('base64url');
  writeFileSync(`${home}/rabbitmq.conf`, configuration(ports.node, password), { mode: 0o600 });
  writeFileSync(`${home}/plugins`, '[].\n');
  if (uid !== undefined) for (const path of ['', '/rabbitmq.conf', '/plugins']) chownSync(home + path, uid, gid);
  const common = { identity: { ...place.identity, env: environment(home, ports) }, cwd: home, onPid };
  const epmd = new ServerProcess({
    ...common,
    name: 'epmd',
    command: 'epmd',
    args: ['-port', String(ports.epmd), '-address', '127.0.0.1', '-d'],
    ready: 'epmd running',
    logFile: `${dir}/epmd.log`,
  });
  const server = new ServerProcess({
    ...common,
    name: 'RabbitMQ',
    command: rabbitmqScript(),
    args: [],
    ready: 'Server startup complete',
    logFile: `${dir}/rabbitmq.log`,
  });
  return { server, epmd, url: `amqp://lifeboat:${password}@127.0.0.1:${ports.node}` };
}

const configuration = (port, password) => `
listeners.tcp.1 = 127.0.0.1:${port}
default_user = lifeboat
default_pass = ${password}
`;

/** Nothing of another RabbitMQ on this machine: not its files, not its node's name, not its port mapper (which would outlive us). */
const environment = (home, { node, dist, epmd }) => ({
  PATH: process.env.PATH,
  HOME: home,
  ERL_EPMD_PORT: String(epmd),
  RABBITMQ_NODENAME: `lifeboat-${node}@localhost`,
  RABBITMQ_NODE_PORT: String(node),
  RABBITMQ_DIST_PORT: String(dist),
  RABBITMQ_MNESIA_BASE: `${home}/mnesia`,
  RABBITMQ_LOG_BASE: `${home}/log`,
  RABBITMQ_LOGS: '-',
  RABBITMQ_CONFIG_FILE: `${home}/rabbitmq.conf`,
  RABBITMQ_ADVANCED_CONFIG_FILE: `${home}/none.config`,
  RABBITMQ_CONF_ENV_FILE: `${home}/none-env.conf`,
  RABBITMQ_ENABLED_PLUGINS_FILE: `${home}/plugins`,
  // So that the script becomes the broker: a kill must hit the broker and not a shell that watches it.
  RABBITMQ_ALLOW_INPUT: '1',
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
});
