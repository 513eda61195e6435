import type { Axis } from './axis.ts';
import { blocks } from './blocks/blocks.ts';
import { crawl } from './crawl/crawl.ts';
import { footprint } from './footprint.ts';
import { freshness } from './freshness/freshness.ts';
import { heat } from './heat/heat.ts';
import { notifications } from './notifications/notifications.ts';
import { rbd } from './rbd/rbd.ts';
import { recovery } from './recovery/recovery.ts';

/** Every benchmark there is: a file and a line. */
const axes: Readonly<Record<string, Axis>> = {
  blocks,
  crawl,
  footprint,
  freshness,
  heat,
  notifications,
  rbd,
  recovery,
};

const USAGE_ERROR = 64;
const json = process.argv.includes('--json');
const name = process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? '';
const axis = axes[name];
if (!axis) {
  process.stderr.write(`npm run bench -- AXIS [--json]\nAxes: ${Object.keys(axes).join(', ')}\n`);
  process.exit(USAGE_ERROR);
}
const flags = Object.fromEntries(
  process.argv.flatMap((arg) => {
    const [, flag = '', value = ''] = /^--([a-z]+)=(.+)$/.exec(arg) ?? [];
    return flag ? [[flag, value] as const] : [];
  }),
);
const result = await axis((what) => process.stderr.write(`${name}: ${what}\n`), flags);
for (const [what, value] of Object.entries(result.ours)) process.stderr.write(`  ${what.padEnd(46)} ${value}\n`);
for (const [what, value] of Object.entries({ ...result.peers, ...result.ratios }))
  process.stderr.write(`  ${what.padEnd(46)} ${value}\n`);
for (const [what, bar] of Object.entries(result.bars))
  process.stderr.write(`  ${bar.holds ? 'holds' : 'FAILS'}  ${what}: ${bar.value} ${bar.bound}\n`);
if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(Object.values(result.bars).every((bar) => bar.holds) ? 0 : 1);
