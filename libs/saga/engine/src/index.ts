export { decide } from './decide.ts';
export type { Decision, SagaInput } from './decide.ts';
export {
  EachBuilder,
  every,
  hours,
  isEach,
  isSuperseded,
  minutes,
  saga,
  SagaBuilder,
  seconds,
  to,
} from './definition.ts';
export type {
  Each,
  HoldInput,
  Item,
  PivotInput,
  Retry,
  Row,
  SagaDefinition,
  Sending,
  Stage,
  Step,
  StepInput,
  Word,
} from './definition.ts';
export { nextDue } from './due.ts';
export { awaited, emptySaga, evolve, replay, stepOf } from './history.ts';
export type { SagaEvent, SagaState, SteerAction, StepPhase, StepState } from './history.ts';
export { diagramOf, outlineOf } from './outline.ts';
export type { OutlineStep } from './outline.ts';
export { stagesOf } from './stages.ts';
export { aborts, answers, fails, given, givesUp, isSupersededBy, passes, retries, says } from './testing/given.ts';
export type { Move, Scenario } from './testing/given.ts';
export type { Outgoing } from './turn.ts';
