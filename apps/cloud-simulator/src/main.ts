import { startSimulator } from '@lifeboat/openstack-simulator';
import { stringify } from 'yaml';
import { readConfig, usage, type SimulatorConfig } from './simulator-config.ts';

/** In the form of the services' logs: one JSON object a line, on standard error. */
function logFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: 50, time: Date.now(), name: 'cloud-simulator', msg: message, stack: error instanceof Error ? error.stack : undefined })}\n`,
  );
}

function configOrExit(): SimulatorConfig {
  try {
    return readConfig(process.env, process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

if (process.argv.includes('--help')) {
  process.stdout.write(usage());
  process.exit(0);
}
const config = configOrExit();
const simulator = await startSimulator({ ...config.options, onError: config.log ? logFailure : () => {} });
const { name } = simulator.settings;
if (config.cloudsYaml) {
  const clouds = {
    [name]: simulator.cloudsYamlEntry(),
    [`${name}-admin`]: simulator.cloudsYamlEntry({ username: 'admin', project: 'admin' }),
  };
  process.stdout.write(`# ${name} ready ${simulator.url}\n${stringify({ clouds })}`);
} else {
  process.stdout.write(`${name} ready ${simulator.url}\n`);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.stop().then(() => process.exit(0)));
}
