// Workflows of steps that do nothing, by DBOS Transact: prints the steps a second. Arguments: the folder where it is installed, a PostgreSQL, the load.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [home = '', databaseUrl = '', load = '{}'] = process.argv.slice(2);
const { runs, steps, atOnce, warmUp } = JSON.parse(load);
const { DBOS } = createRequire(join(home, 'node_modules/x.js'))('@dbos-inc/dbos-sdk');

const url = new URL(databaseUrl);
url.pathname = '/dbos_bench';
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url.href, logLevel: 'error' });
const workflow = DBOS.registerWorkflow(
  async () => {
    for (let step = 0; step < steps; step++) await DBOS.runStep(async () => step, { name: `step ${step}` });
  },
  { name: 'nothing' },
);
await DBOS.launch();

async function play(count) {
  const began = performance.now();
  let left = count;
  const one = async () => {
    while (left-- > 0) await workflow();
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return (count * steps) / ((performance.now() - began) / 1_000);
}

await play(warmUp);
const perSecond = await play(runs);
await DBOS.shutdown();
process.stdout.write(`\n${perSecond}\n`);
