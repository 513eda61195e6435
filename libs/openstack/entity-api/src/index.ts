export { aftershocksOf } from './aftershock.ts';
export type { Aftershock, AftershockOf } from './aftershock.ts';
export { buildOrder, prerequisites, stepsOf } from './build-order.ts';
export type { Step } from './build-order.ts';
export { captureGroup, captureProject } from './capture.ts';
export type { Snapshot } from './capture.ts';
export { makeWay } from './coming-home.ts';
export { closure } from './closure.ts';
export type { Closure } from './closure.ts';
export { crawl, keep } from './crawl.ts';
export type { CaptureOptions, Crawled, Origin, Page } from './crawl.ts';
export { detected } from './detected.ts';
export type { Detected } from './detected.ts';
export { entity } from './entity.ts';
export type {
  Captured,
  Entity,
  EntityType,
  FieldRule,
  Gathering,
  Live,
  Mark,
  Proof,
  Provision,
  Ref,
  Refs,
  Returns,
  Scope,
  State,
  Target,
  Topology,
  Yields,
} from './entity.ts';
export { findLeaks } from './leaks.ts';
export { MADE_WAY, MemoryLedger, RETURNED, STAGED, TAKEN_UP } from './ledger.ts';
export type { Ledger, LedgerEntry } from './ledger.ts';
export { bearsMark, markFor, markIn, markMetadata, markTags, userDescription, userMetadata, userTags } from './mark.ts';
export { refsIn } from './notified.ts';
export {
  bodyBlockers,
  leftOutWarnings,
  mappingBlockers,
  quotaBlockers,
  stateBlockers,
  unseenWarnings,
} from './preflight.ts';
export type { Finding } from './preflight.ts';
export { rebuild } from './rebuild.ts';
export type { Shares } from './shares.ts';
export { RunState } from './run-state.ts';
export type { Rebuild } from './run-state.ts';
export { receipt, totalsOf } from './receipt.ts';
export type { EntityReceipt, ReceiptLine, Totals } from './receipt.ts';
export { registry } from './registry.ts';
export type { Registry } from './registry.ts';
export { removeAll } from './remove.ts';
export type { Removal } from './remove.ts';
export { inParallel } from './in-parallel.ts';
export { clearStage, outOfStep, stage, stagedPart, standingOf } from './staging.ts';
export { findStrangers } from './strangers.ts';
export { returning } from './taking-up.ts';
export { refKey, refsOf, topology } from './topology.ts';
export { waysOut } from './ways-out.ts';
export type { WayOut } from './ways-out.ts';
export type { EntityBench } from './conformance/entity-bench.ts';
export { entityConformance } from './conformance/entity-conformance.ts';
export type { EntityCase } from './conformance/entity-conformance.ts';
export { typeConformance } from './conformance/type-conformance.ts';
export type { TypeCase } from './conformance/type-conformance.ts';
