import { planSchema } from '@lifeboat/contracts';
import type { PlanSummary, PlanVersion, PlanView } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { callerName } from './caller.ts';
import { contextOf } from './context.ts';
import { age, print, say } from './output.ts';
import type { OutputOptions } from './output.ts';
import { showReadiness } from './readiness.command.ts';

const summary = {
  plan: (p: PlanSummary) => p.name,
  group: (p: PlanSummary) => p.groupId,
  version: (p: PlanSummary) => p.version,
  state: (p: PlanSummary) => (p.why === undefined ? p.state : `${p.state}: ${p.why}`),
  verified: (p: PlanSummary) =>
    p.verified ? `version ${p.verified.version}, ${age(p.verified.at)} ago by ${p.verified.by}` : 'never',
  applied: (p: PlanSummary) => `${age(p.appliedAt)} ago by ${p.appliedBy}`,
};

const versions = {
  version: (v: PlanVersion) => v.version,
  applied: (v: PlanVersion) => v.appliedAt,
  by: (v: PlanVersion) => v.appliedBy,
  digest: (v: PlanVersion) => v.digest,
};

function show(plan: PlanView, options: OutputOptions): void {
  print(plan, summary, options);
  if (!options.json) for (const { where, message } of plan.warnings) say(`warning: ${where} ${message}`);
}

const STDIN = 0;

function readPlan(file: string): string {
  try {
    return readFileSync(file === '-' ? STDIN : file, 'utf8');
  } catch (thrown) {
    throw invalidInput('plan-unreadable', `${file} cannot be read: ${(thrown as Error).message}`, {
      mend: 'Name a file with a plan in it, or - for standard input.',
    });
  }
}

/** Under which it is stored; all else of the document is the server's to judge. */
function nameIn(text: string): string {
  let document: { metadata?: { name?: unknown } } | null;
  try {
    document = parse(text) as typeof document;
  } catch (thrown) {
    throw invalidInput('plan-malformed', `The plan is no YAML: ${(thrown as Error).message.trim()}`);
  }
  const name = document?.metadata?.name;
  if (typeof name === 'string' && name !== '') return name;
  throw invalidInput('plan-malformed', 'The plan is wrong at metadata.name: there is none.', {
    mend: 'Give it one: metadata: { name: shop }.',
  });
}

/** `lifeboat plan …` */
export function planCommands(program: Command): void {
  const plan = program
    .command('plan')
    .description('recovery plans: in which order, with which hooks, probes and mappings');
  applyPlan(plan);
  readPlans(plan);
  judgePlan(plan);
  compilePlan(plan);
}

function applyPlan(plan: Command): void {
  plan
    .command('apply')
    .description('store a plan as a new version; none when it says the same as the newest')
    .requiredOption('-f, --file <path>', 'YAML or JSON; - for standard input')
    .action(async (given: { file: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const text = readPlan(given.file);
      const applied = await api.plans.put(nameIn(text), text, callerName());
      if (!applied.fresh) say(`Version ${applied.plan.version} says the same: nothing was changed.`);
      show(applied.plan, options);
    });

  plan
    .command('remove <name>')
    .description('let its group go by no plan any more; the versions are kept')
    .action(async (name: string, _o: unknown, command: Command) => {
      await contextOf(command).api.plans.remove(name);
      say(`Plan ${name} is removed.`);
    });
}

function readPlans(plan: Command): void {
  plan
    .command('list')
    .description('all plans')
    .action(async (_o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.plans.list(), summary, options);
    });

  plan
    .command('show <name>')
    .description('one plan as it was applied, and whether it is verified')
    .option('--version <number>', 'an earlier version')
    .action(async (name: string, given: { version?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const shown = await api.plans.get(name, given.version === undefined ? undefined : Number(given.version));
      show(shown, options);
      if (!options.json) process.stdout.write(`${shown.text.trimEnd()}\n`);
    });

  plan
    .command('versions <name>')
    .description('every version that it had')
    .action(async (name: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.plans.versions(name), versions, options);
    });

  plan
    .command('schema')
    .description('the JSON Schema of a plan, for editors')
    .action(() => void process.stdout.write(`${JSON.stringify(planSchema(), null, 2)}\n`));
}

interface CompiledCalls {
  readonly calls: readonly {
    readonly n: number;
    readonly what: string;
    readonly method: string;
    readonly service: string;
    readonly path: string;
    readonly body?: unknown;
  }[];
}

/** As a script would make them: `${17.network.id}` is that field of what call 17 answered. */
function compilePlan(plan: Command): void {
  plan
    .command('compile <name>')
    .description('the exact API calls by which it would recover the newest point of its group; makes nothing')
    .option('--version <number>', 'an earlier version')
    .action(async (name: string, given: { version?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const script = await api.bundles.calls(name, given.version === undefined ? undefined : Number(given.version));
      if (options.json) return print(script as object, {}, options);
      for (const { n, method, service, path, what, body } of (script as CompiledCalls).calls)
        process.stdout.write(
          `${n}. ${method} ${service} ${path}  # ${what}\n${body === undefined ? '' : `   ${JSON.stringify(body)}\n`}`,
        );
    });
}

function judgePlan(plan: Command): void {
  plan
    .command('verify <name>')
    .description(
      'check now whether its group could be failed over by it; without a blocker it is verified. Exits 1 with one',
    )
    .action(async (name: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const found = await api.plans.verify(name);
      if (options.json) print(found, {}, options);
      else show(found.plan, options);
      showReadiness(found.readiness, options.json ? undefined : options);
    });
}
