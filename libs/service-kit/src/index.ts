export { again, AnswersRequest, DoesWork, done, Every, HandlesCommand, ReactsTo } from './handlers.ts';
export type {
  DecidingHandler,
  EventHandler,
  HandlerContext,
  Outgoing,
  RequestContext,
  RequestHandler,
  WorkContext,
  WorkHandler,
  WorkOutcome,
} from './handlers.ts';
export { Asker, Database } from './injectables.ts';
export { envelopeOf } from './outgoing.ts';
export { LOGGER, runService, SETTINGS } from './run-service.ts';
export type { ServiceOptions } from './run-service.ts';
export { Sites } from './sites.ts';
