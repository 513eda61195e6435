import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root. (`import.meta.dirname` is too new for the Node versions that we must still refuse politely.) */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** PostgreSQL and nats-server as npm packages: linux-x64 only, so not part of the workspace. */
export const TESTBED = `${ROOT}/tools/testbed`;
/** The Node that runs Lifeboat; set-up itself runs on the host's. */
export const NODE = `${ROOT}/node_modules/.bin/node`;
/** Data, logs and stamps of set-up; ignored by git. */
export const STATE = `${ROOT}/.lifeboat`;
