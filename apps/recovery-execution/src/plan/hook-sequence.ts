import type { Hook, HookResult } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { Bus, jsonRequests } from '@lifeboat/messaging';
import type { WorkContext } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { briefly, callHook, hookText } from './call-hook.ts';
import type { HookFacts } from './call-hook.ts';
import { inTurn } from './in-turn.ts';
import type { Came } from './in-turn.ts';
import { PLANS_FILE } from './plans-file.ts';
import type { PlansFile } from './plans-file.ts';

const WITHIN_SECONDS = 60;

export interface Sequence {
  /** What the hook at this place is told. */
  readonly facts: (at: number) => HookFacts;
  /** Left out, and why. */
  readonly leaveOut?: (hook: Hook) => string | undefined;
  /** What is thrown when one fails for good. */
  readonly failed: (error: LifeboatError) => LifeboatError;
}

/** The hooks of a plan, in turn; a repeat calls under the same key. */
@Injectable()
export class HookSequence {
  constructor(
    private readonly bus: Bus,
    @Inject(PLANS_FILE) private readonly file: PlansFile,
  ) {}

  go(
    sequence: Sequence & { readonly hooks: readonly Hook[] },
    memo: Came<HookResult> | undefined,
    context: WorkContext,
  ): Promise<Came<HookResult>> {
    return inTurn(sequence.hooks, memo, context, (hook, at, since) =>
      this.call(hook, sequence, { at, since }, context.signal),
    );
  }

  /** One of them. `undefined`: it is to be called again. */
  async call(
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
      return { hook: hookText(hook), outcome: 'done', at: now(), ...briefly(said) };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asLifeboatError(thrown);
      if (error.retryable && Date.now() < end) return undefined;
      throw failed(error);
    }
  }
}
