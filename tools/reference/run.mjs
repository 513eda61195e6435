// `npm run reference` writes docs/reference from the code, `npm run reference -- --check` (part of lint) compares.
// Reads the sources, not what was built of them: nothing has to be built before, and nothing can be stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { driverProtocolReference, driverSchemas } from './driver-protocol.mjs';
import { entitiesReference } from './entities.mjs';
import { messagesReference } from './messages.mjs';
import { planSchemaReference } from './plan-schema.mjs';
import { sagasReference } from './sagas.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const CHECK = process.argv.includes('--check');

const PAGES = {
  'docs/reference/messages.md': messagesReference,
  'docs/reference/entities.md': entitiesReference,
  'docs/reference/sagas.md': sagasReference,
  'docs/reference/driver-protocol.md': driverProtocolReference,
  'docs/reference/driver-v1.schema.json': driverSchemas,
  'docs/reference/plan-v1.schema.json': planSchemaReference,
};

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not written yet
  }
}

for (const [page, textOf] of Object.entries(PAGES)) {
  const path = `${ROOT}/${page}`;
  const text = textOf();
  if (read(path) === text) continue;
  if (CHECK) process.exitCode = 1;
  else writeFileSync(path, text);
  console.error(CHECK ? `${page} is not up to date: run npm run reference` : `wrote ${page}`);
}
