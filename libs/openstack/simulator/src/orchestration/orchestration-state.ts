import { Store } from '../state/store.ts';

export interface StackResource {
  readonly name: string;
  readonly type: string;
  readonly physicalId: string;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly born: number;
  readonly resources: readonly StackResource[];
}

/** What a Heat keeps. */
export class OrchestrationState {
  readonly stacks = new Store<Stack>();
}
