import { asLifeboatError } from '@lifeboat/kernel';
import { PROJECT_ROOT, startStack } from '@lifeboat/testing';
import type { Stack } from '@lifeboat/testing';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena } from './arena.ts';
import type { DemoArguments } from './arguments.ts';
import { demoArguments, USAGE } from './arguments.ts';
import { play } from './play.ts';
import { Progress } from './progress.ts';
import { realArena } from './real-arena.ts';
import { reportHtml } from './report/html.ts';
import type { Report } from './report/report.ts';
import { summary } from './report/summary.ts';
import { simulatedArena } from './simulated-arena.ts';

const STEPS = 6;
const FAILED = 1;
const USAGE_ERROR = 64;

async function demo(given: DemoArguments): Promise<number> {
  const progress = new Progress(STEPS);
  const run = new Date().toISOString().replace(/[:.]/g, '-');
  const [work, reports] = [join(PROJECT_ROOT, '.lifeboat', 'demo', run), join(PROJECT_ROOT, 'reports', run)];
  mkdirSync(work, { recursive: true });
  mkdirSync(reports, { recursive: true });
  let arena: Arena | undefined;
  let stack: Stack | undefined;
  let closing: Promise<void> | undefined;
  // Once, however it ends: a signal and the end of the run may come together.
  const close = (): Promise<void> => (closing ??= (stack?.stop() ?? Promise.resolve()).finally(() => arena?.close()));
  process.once('SIGINT', () => void close().then(() => process.exit(130)));
  process.once('SIGTERM', () => void close().then(() => process.exit(143)));
  try {
    progress.step(
      given.real
        ? 'making a project of its own in both clouds, starting every service'
        : 'starting two simulated clouds and every service, each a process of its own',
    );
    arena = given.real ? await realArena(work, given.real, given.as, given.yes) : await simulatedArena(work, given.as);
    stack = await startStack(
      { ...servers(), cloudsFile: arena.cloudsFile, dir: work, traces: true, env: arena.env },
      (what) => progress.say(what),
    );
    const report = await play({ arena, stack, progress, as: given.as });
    const paths = write(reports, report);
    process.stderr.write(`\n${summary(report, paths.html)}\n`);
    if (given.json) process.stdout.write(`${JSON.stringify(brief(report, paths.json))}\n`);
    if (given.keep) await keep(stack, arena);
    return report.problems.length === 0 ? 0 : FAILED;
  } finally {
    await close();
  }
}

function servers(): { readonly databaseUrl: string; readonly natsUrl: string } {
  const { LIFEBOAT_DATABASE_URL: databaseUrl, LIFEBOAT_NATS_URL: natsUrl } = process.env;
  if (!databaseUrl || !natsUrl)
    throw new Error('Start the demo by "npm run demo": it starts PostgreSQL and nats-server first.');
  return { databaseUrl, natsUrl };
}

function write(dir: string, report: Report): { readonly json: string; readonly html: string } {
  const paths = { json: join(dir, 'report.json'), html: join(dir, 'report.html') };
  writeFileSync(paths.json, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(paths.html, reportHtml(report));
  return paths;
}

const brief = (report: Report, path: string) => ({
  rpoSeconds: report.rpoSeconds,
  rtoSeconds: report.rtoSeconds,
  volumes: { compared: report.volumes.compared, equal: report.volumes.equal },
  fields: report.fields,
  orphans: report.orphans,
  doubles: report.doubles,
  traceId: report.traceId,
  report: path,
  problems: report.problems,
});

async function keep(stack: Stack, arena: Arena): Promise<void> {
  process.stderr.write(
    `Left up: gateway ${stack.gatewayUrl} (LIFEBOAT_GATEWAY_URL), clouds in ${arena.cloudsFile}. Ctrl-C ends it all.\n`,
  );
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve()));
}

try {
  const given = demoArguments(process.argv.slice(2));
  if (given === 'help') process.stdout.write(USAGE);
  else process.exitCode = await demo(given);
} catch (thrown) {
  const error = asLifeboatError(thrown);
  process.stderr.write(`\ndemo: ${error.message}${error.mend ? ` ${error.mend}` : ''} (${error.code})\n`);
  if (error.kind === 'bug') process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  process.exitCode = error.kind === 'invalid-input' ? USAGE_ERROR : FAILED;
}
