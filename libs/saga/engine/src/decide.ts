import type { ErrorDetails } from '@lifeboat/kernel';
import type { SagaDefinition } from './definition.ts';
import type { SagaEvent, SagaState, SteerAction } from './history.ts';
import { emptySaga } from './history.ts';
import type { Outgoing } from './turn.ts';
import { Turn } from './turn.ts';

export type SagaInput =
  | { readonly type: 'start'; readonly data: Readonly<Record<string, unknown>> }
  | { readonly type: 'answer'; readonly commandId: string; readonly data: unknown }
  | { readonly type: 'failure'; readonly commandId: string; readonly error: ErrorDetails }
  | { readonly type: 'tick' }
  | { readonly type: 'steer'; readonly action: SteerAction; readonly by: string }
  /** Another run takes this one's place: what it has begun is undone, and the undo knows why. */
  | { readonly type: 'superseded'; readonly by: string };

export interface Decision {
  readonly events: readonly SagaEvent[];
  readonly commands: readonly Outgoing[];
}

const NOTHING: Decision = { events: [], commands: [] };

/**
 * What follows from an input: events to be stored and commands to be sent, in one transaction. Pure: no clock, no chance, no I/O. Late, repeated
 * and unknown answers change nothing.
 */
export function decide(
  saga: { readonly id: string; readonly definition: SagaDefinition },
  state: SagaState,
  input: SagaInput,
  now: string,
): Decision {
  if (state.ended || (input.type === 'start') !== (state === emptySaga)) return NOTHING;
  const turn = new Turn(saga.id, saga.definition, state, now);
  take(turn, input, now);
  turn.goOn();
  return turn.decision;
}

function take(turn: Turn, input: SagaInput, now: string): void {
  switch (input.type) {
    case 'start':
      return turn.add({ type: 'started', at: now, data: input.data });
    case 'answer':
      return turn.answered(input.commandId, input.data);
    case 'failure':
      return turn.failed(input.commandId, input.error);
    case 'tick':
      return turn.tick();
    case 'steer':
      return turn.steer(input.action, input.by);
    case 'superseded':
      return turn.superseded(input.by);
  }
}
