export { command, event, parseData, request } from './define.ts';
export type { AnswerOf, CommandDef, Context, DataOf, EventDef, InputOf, OutputOf, RequestDef } from './define.ts';
export type { Envelope } from './envelope.ts';
export { commandFailed, ErrorBody } from './failure.ts';
