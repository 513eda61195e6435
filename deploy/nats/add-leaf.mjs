// Has the hub read a site's notifications and dead letters from the site's nats-server (leaf.conf). May be repeated; `remove` ends it.
//
//   node deploy/nats/add-leaf.mjs nats://127.0.0.1:4222 SITE [remove]
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const STREAMS = ['NOTIFICATIONS', 'DEAD'];

const [hub, site, remove] = process.argv.slice(2);
if (!hub || !/^[A-Za-z0-9_-]+$/.test(site ?? '')) {
  process.stderr.write('usage: node deploy/nats/add-leaf.mjs nats://HUB:PORT SITE [remove]\n');
  process.exit(64);
}

const api = `$JS.${site}.API`;
const connection = await connect({ servers: hub, name: 'lifeboat-add-leaf' });
const manager = await jetstreamManager(connection);
for (const name of STREAMS) {
  const { config } = await manager.streams.info(name); // made by any service of Lifeboat when it starts
  const others = (config.sources ?? []).filter(({ external }) => external?.api !== api);
  const sources = remove ? others : [...others, { name, external: { api } }];
  if (sources.length !== (config.sources ?? []).length) await manager.streams.update(name, { sources });
  const leaves = sources.map(({ external }) => external?.api.split('.')[1]).join(', ');
  process.stdout.write(`${name}: ${leaves || 'no leaf'}\n`);
}
await connection.close();
