import type { Hook, HookResult } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { Bus, jsonRequests } from '@lifeboat/messaging';
import type { WorkContext } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { callHook, hookText } from './call-hook.ts';
import type { HookFacts } from './call-hook.ts';
import { PLANS_FILE } from './plans-file.ts';
import type { PlansFile } from './plans-file.ts';

/** When a hook that wants to be asked again is. */
export const AGAIN_MS = 2_000;
const WITHIN_SECONDS = 60;
const SAID_CHARACTERS = 500;

/** How far a sequence came. */
export interface Came {
  readonly results: readonly HookResult[];
  /** When the hook that is next was first called; absent: all were. */
  readonly since?: string;
}

export interface Sequence {
  readonly hooks: readonly Hook[];
  /** What the hook at this place is told. */
  readonly facts: (at: number) => HookFacts;
  /** Left out, and why. */
  readonly leaveOut?: (hook: Hook) => string | undefined;
  /** What is thrown when one fails for good. */
  readonly failed: (error: LifeboatError) => LifeboatError;
}

/** One hook after the other; how far it came is stored before each call, so a crash repeats one call at most, under the same key. */
@Injectable()
export class HookSequence {
  constructor(
    private readonly bus: Bus,
    @Inject(PLANS_FILE) private readonly file: PlansFile,
  ) {}

  /** As far as it goes now: to the end, or to one that wants to be asked again. */
  async go(sequence: Sequence, memo: Came | undefined, context: WorkContext): Promise<Came> {
    let { results = [], since } = memo ?? {};
    for (const hook of sequence.hooks.slice(results.length)) {
      since ??= new Date().toISOString();
      await context.saveMemo({ results: [...results], since } as never);
      const result = await this.call(hook, sequence, { at: results.length, since }, context.signal);
      if (!result) return { results, since };
      [results, since] = [[...results, result], undefined];
    }
    return { results };
  }

  /** `undefined`: it is to be called again. */
  private async call(
    hook: Hook,
    { facts, leaveOut, failed }: Sequence,
    { at, since }: { readonly at: number; readonly since: string },
    signal: AbortSignal,
  ): Promise<HookResult | undefined> {
    const now = () => new Date().toISOString();
    const why = leaveOut?.(hook);
    if (why !== undefined) return { hook: hookText(hook), outcome: 'skipped', at: now(), said: why };
    const end = Date.parse(since) + (hook.within ?? WITHIN_SECONDS) * 1_000;
    const timeoutMs = Math.max(1_000, end - Date.now());
    try {
      const request = jsonRequests(this.bus);
      const said = await callHook(hook, facts(at), { file: this.file, request, timeoutMs, signal });
      const brief = said.trim().slice(-SAID_CHARACTERS);
      return { hook: hookText(hook), outcome: 'done', at: now(), ...(brief !== '' && { said: brief }) };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asLifeboatError(thrown);
      if (error.retryable && Date.now() < end) return undefined;
      throw failed(error);
    }
  }
}
