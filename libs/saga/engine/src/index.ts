export { decide, nextDue } from './decide.ts';
export type { Decision, Outgoing, SagaInput } from './decide.ts';
export { every, hours, minutes, saga, SagaBuilder, seconds, to } from './definition.ts';
export type { PivotInput, Retry, SagaDefinition, Sending, Step, StepInput } from './definition.ts';
export { emptySaga, evolve, replay, stepOf } from './history.ts';
export type { SagaEvent, SagaState, StepPhase, StepState } from './history.ts';
