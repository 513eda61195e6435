import { illegalState } from '@lifeboat/kernel';
import type { As } from '@lifeboat/testing';
import type { Arena } from './arena.ts';
import type { DemoArguments } from './arguments.ts';

export function realArena(_dir: string, _real: NonNullable<DemoArguments['real']>, _as: As, _yes: boolean): Promise<Arena> {
  return Promise.reject(illegalState('not-yet', 'not yet'));
}
