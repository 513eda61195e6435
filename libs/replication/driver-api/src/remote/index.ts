export { remoteDriver } from './remote-driver.ts';
export type { RemoteDriver } from './remote-driver.ts';
export type { DriverRequest, RemoteAddress } from './ask-remote.ts';
export { resultOf } from './result.ts';
export type { Results } from './result.ts';
export * as driverProtocol from './protocol.ts';
