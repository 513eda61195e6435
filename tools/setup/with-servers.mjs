import { delimiter } from 'node:path';
import { installTestbed } from './packages.mjs';
import { ROOT } from './paths.mjs';
import { say } from './say.mjs';

/** PostgreSQL and nats-server as the environment names them, or our own, for as long as `run` takes; they are ended however it ends. */
export async function withServers(options, run) {
  const named = { database: process.env.LIFEBOAT_DATABASE_URL, nats: process.env.LIFEBOAT_NATS_URL };
  const env = { ...process.env, PATH: `${ROOT}/node_modules/.bin${delimiter}${process.env.PATH ?? ''}` };
  if (named.database && named.nats) {
    say('PostgreSQL and nats-server: those named by LIFEBOAT_DATABASE_URL and LIFEBOAT_NATS_URL');
    return run(env);
  }
  await installTestbed();
  const { startServers } = await import('./servers.mjs');
  const servers = await startServers({ ...options, postgres: !named.database, nats: !named.nats });
  say(
    `Started ${[!named.database && 'PostgreSQL', !named.nats && 'nats-server'].filter(Boolean).join(' and ')} for this run (${servers.dir})`,
  );
  try {
    return await run({
      ...env,
      LIFEBOAT_DATABASE_URL: named.database || servers.databaseUrl,
      LIFEBOAT_NATS_URL: named.nats || servers.natsUrl,
      ...(servers.natsMonitorUrl && { LIFEBOAT_NATS_MONITOR_URL: servers.natsMonitorUrl }),
    });
  } finally {
    await servers.stop();
  }
}
