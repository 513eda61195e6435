import { parseArgs } from 'node:util';
import { fuzzBlocks } from '@lifeboat/replication-blocks';
import { soakNotifications } from './notifications.ts';
import { soakPartitions } from './partitions.ts';

interface SoakOf {
  readonly count: number;
  readonly seed: number;
  say(what: string): void;
}

/** What it found, and whether all held. */
interface Soak {
  /** Where nobody says how many. */
  readonly count: number;
  run(of: SoakOf): Promise<{ readonly found: object; readonly holds: boolean }>;
}

const USAGE_ERROR = 64;
const LEAST_KILLS = 50;
const SOAKS: Readonly<Record<string, Soak>> = {
  blocks: {
    count: 1_000_000,
    async run(of) {
      const found = await fuzzBlocks(of);
      for (const failure of found.failures) of.say(failure);
      of.say(`${found.inputs} inputs, ${found.failures.length} failures`);
      return { found, holds: found.failures.length === 0 };
    },
  },
  notifications: {
    count: 1_000_000,
    async run(of) {
      const found = await soakNotifications({ ...of, leastKills: LEAST_KILLS, betweenMs: [1_000, 5_000] });
      const { lost, unlike, twice, ...rest } = found;
      for (const [what, value] of Object.entries(rest)) of.say(`${what}: ${JSON.stringify(value)}`);
      of.say(`lost: ${lost}; stored otherwise than they are: ${unlike.length}; versions stored twice: ${twice.length}`);
      return { found, holds: lost === 0 && unlike.length === 0 && twice.length === 0 };
    },
  },
  partitions: {
    count: 100,
    async run(of) {
      const found = await soakPartitions(of);
      for (const failure of found.failures) of.say(failure);
      return { found, holds: found.failures.length === 0 };
    },
  },
};
const USAGE = `npm run soak -- ${Object.keys(SOAKS).join(' | ')} [--count N] [--seed N] [--json]\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
  },
});
const name = positionals[0] ?? '';
const soak = Object.hasOwn(SOAKS, name) ? SOAKS[name] : undefined;
const [count, seed] = [Number(values.count ?? soak?.count), Number(values.seed)];
if (!soak || !Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write(USAGE);
  process.exit(USAGE_ERROR);
}
const say = (what: string): void => void process.stderr.write(`${name}: ${what}\n`);
say(`${count}, seed ${seed}`);
const { found, holds } = await soak.run({ count, seed, say });
if (values.json) process.stdout.write(`${JSON.stringify({ seed, ...found })}\n`);
process.exit(holds ? 0 : 1);
