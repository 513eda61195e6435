import { parseArgs } from 'node:util';
import { soakNotifications } from './notifications.ts';

const USAGE_ERROR = 64;
const LEAST_KILLS = 50;
const SOAKS = { notifications: soakNotifications } as const;
const USAGE = `npm run soak -- ${Object.keys(SOAKS).join(' | ')} [--count N] [--seed N] [--json]\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const name = positionals[0] ?? '';
if (!(name in SOAKS) || !Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write(USAGE);
  process.exit(USAGE_ERROR);
}
const say = (what: string): void => void process.stderr.write(`${name}: ${what}\n`);
say(`${count}, seed ${seed}`);
const soaked = await SOAKS[name as keyof typeof SOAKS]({
  count,
  seed,
  leastKills: LEAST_KILLS,
  betweenMs: [1_000, 5_000],
  say,
});
const { lost, unlike, twice, ...rest } = soaked;
for (const [what, value] of Object.entries(rest)) say(`${what}: ${JSON.stringify(value)}`);
say(`lost: ${lost}; stored otherwise than they are: ${unlike.length}; versions stored twice: ${twice.length}`);
if (values.json) process.stdout.write(`${JSON.stringify({ seed, ...soaked })}\n`);
process.exit(lost === 0 && unlike.length === 0 && twice.length === 0 ? 0 : 1);
