import { asLifeboatError } from '@lifeboat/kernel';
import { driverConformance } from '@lifeboat/replication-driver-api';
import type { Bench, ConformanceCase, ReplicationDriver } from '@lifeboat/replication-driver-api';
import type { CaseResult } from './card.ts';

export interface OpenBench {
  readonly bench: Bench;
  close(): Promise<void>;
}

/** Every case whose name contains `only`, one after the other. A bench is used until a case fails on it: what that left would be held against the next. */
export async function runSuite(
  driver: ReplicationDriver,
  openBench: () => Promise<OpenBench>,
  only: string,
  told: (result: CaseResult) => void,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  let current: OpenBench | undefined;
  try {
    for (const one of driverConformance(driver).filter(({ name }) => name.includes(only))) {
      current ??= await openBench();
      const result = await runCase(one, current.bench);
      results.push(result);
      told(result);
      if (result.outcome !== 'failed') continue;
      await current.close();
      current = undefined;
    }
  } finally {
    await current?.close();
  }
  return results;
}

async function runCase({ name, run }: ConformanceCase, bench: Bench): Promise<CaseResult> {
  const began = performance.now();
  const ended = (outcome: CaseResult['outcome'], why?: string): CaseResult => ({
    name,
    outcome,
    seconds: Math.round(performance.now() - began) / 1_000,
    ...(why !== undefined && { why }),
  });
  try {
    const nothingProven = await run(bench);
    return nothingProven === undefined ? ended('passed') : ended('not applicable', nothingProven);
  } catch (thrown) {
    const { message, mend, code } = asLifeboatError(thrown);
    return ended('failed', [message, mend, code === 'unexpected' ? undefined : `(${code})`].filter(Boolean).join(' '));
  }
}
