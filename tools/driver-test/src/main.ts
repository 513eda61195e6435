import { asLifeboatError } from '@lifeboat/kernel';
import { CommanderError } from 'commander';
import { arch, platform, release } from 'node:os';
import { argumentsOf } from './arguments.ts';
import type { Given } from './arguments.ts';
import { failedIn, textOf } from './card.ts';
import type { Card, CaseResult } from './card.ts';
import { describeBench, openBench } from './open-bench.ts';
import { runSuite } from './run-suite.ts';
import { subjectOf } from './subject.ts';
import type { Subject } from './subject.ts';
import { versionsOf } from './versions.ts';

/** sysexits(3). */
const EXIT = { failed: 1, usage: 64, unavailable: 69, software: 70 } as const;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** `left` is told what could not be cleared away. */
async function cardOf(given: Given, subject: Subject, left: string[]): Promise<Card> {
  const versions: Record<string, string> = { Node: process.versions.node, [platform()]: `${release()} ${arch()}` };
  const open = async () => {
    const opened = await openBench(given, subject);
    if (given.clouds) Object.assign(versions, await versionsOf(opened.bench.clouds));
    const close = (): Promise<void> =>
      opened.close().catch((thrown: unknown) => void left.push(asLifeboatError(thrown).message));
    return { ...opened, close };
  };
  const cases = await runSuite(subject.driver, open, given.only ?? '', ({ name, outcome, seconds }: CaseResult) =>
    say(`${outcome}: ${name} (${seconds.toFixed(1)} s)`),
  );
  const { driver, comesFrom } = subject;
  const version = subject.version();
  return {
    driver: driver.name,
    ...(version !== undefined && { version }),
    api: driver.api,
    summary: driver.summary,
    comesFrom,
    can: driver.can,
    offers: (['lag', 'promote', 'reverse', 'verify'] as const).filter((verb) => driver[verb] !== undefined),
    testedOn: describeBench(given),
    with: versions,
    at: new Date().toISOString(),
    cases,
  };
}

async function main(): Promise<number> {
  const given = argumentsOf(process.argv.slice(2));
  const subject = await subjectOf(given);
  try {
    const left: string[] = [];
    const card = await cardOf(given, subject, left);
    process.stdout.write(given.json ? `${JSON.stringify(card, null, 2)}\n` : `\n${textOf(card)}`);
    if (card.cases.length === 0) say(`No case's name contains "${given.only}".`);
    for (const problem of left) say(`The test could not clear away what it made: ${problem}`);
    return failedIn(card) > 0 || card.cases.length === 0 || left.length > 0 ? EXIT.failed : 0;
  } finally {
    await subject.close();
  }
}

function exitFor(thrown: unknown): number {
  // It has spoken already, of --help too.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT.usage;
  const { message, mend, code, kind, retryable } = asLifeboatError(thrown);
  say(`lifeboat-driver-test: ${message}${mend ? ` ${mend}` : ''} (${code})`);
  if (kind === 'invalid-input' || kind === 'not-found' || kind === 'conflict') return EXIT.usage;
  return retryable ? EXIT.unavailable : EXIT.software;
}

process.exitCode = await main().catch(exitFor);
