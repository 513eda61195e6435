// Which part may know which. Each ban says why; test/tooling proves that each fires.
// Direction: kernel ← contracts ← engines ← plug-in APIs ← plug-ins; adapters know no domain; apps compose and never meet but in contracts.

const OURS = '^(apps|libs|test|tools)/';
/** Specs, and the folders of what only specs use. */
const SPEC = '(\\.(spec|int-spec|clouds-spec)\\.ts$|/src/simulated/)';
/** The folder of a package; `$1` in the rules that use it. */
const PACKAGE = '^((?:apps|test|tools)/[^/]+|libs/(?:saga|openstack|replication)/[^/]+|libs/[^/]+)/src/';

/** Paths of npm packages, given as patterns of their names. */
const npm = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

/** A package sees itself and the packages named, nothing else of ours. */
const sees = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^${from}/src/`, pathNot: SPEC },
  to: { path: OURS, pathNot: [from, ...allowed].map((folder) => `^${folder}/`) },
});

/** A package uses no npm package but those named. */
const usesOnly = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^${from}/src/`, pathNot: SPEC },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'],
    pathNot: [OURS, ...allowed.map((one) => npm(one))],
  },
});

const KERNEL = 'libs/kernel';
const CONTRACTS = 'libs/contracts';
const ENGINE = 'libs/saga/engine';
const CLIENT = 'libs/openstack/client';
const ENTITY_API = 'libs/openstack/entity-api';
const DRIVER_API = 'libs/replication/driver-api';
const ADAPTERS = ['libs/messaging', 'libs/persistence', 'libs/telemetry', CLIENT];

const layers = [
  sees('kernel-is-the-floor', KERNEL, [], 'Everything stands on the kernel, so it can stand on nothing of ours.'),
  usesOnly('kernel-needs-no-package', KERNEL, [], 'Everything stands on the kernel: what it needs, all would need.'),
  sees(
    'contracts-know-the-kernel-only',
    CONTRACTS,
    [KERNEL],
    'Contracts are what services have in common, and all they have.',
  ),
  usesOnly(
    'contracts-need-only-the-schema-library',
    CONTRACTS,
    ['zod'],
    'Contracts outlive frameworks: messages are still read when Nest, TypeORM or NATS have been replaced.',
  ),
  sees(
    'saga-engine-knows-contracts-only',
    ENGINE,
    [KERNEL, CONTRACTS],
    'The engine interprets any definition: it knows none, no OpenStack, no bus and no database.',
  ),
  usesOnly(
    'saga-engine-is-pure',
    ENGINE,
    [],
    'Decisions are replayed from recorded histories: a library with input, output or a clock would answer differently then.',
  ),
  sees(
    'saga-definitions-speak-messages',
    'libs/saga/definitions',
    [KERNEL, CONTRACTS, ENGINE],
    'A definition is a table of messages; what they cause is known to the services that receive them.',
  ),
  usesOnly(
    'saga-definitions-are-tables',
    'libs/saga/definitions',
    [],
    'A definition is read and replayed without any library.',
  ),
  {
    name: 'sagas-touch-nothing-of-node',
    severity: 'error',
    comment:
      'Decisions are replayed from recorded histories: no file, no network, no clock, no chance. The runner in apps/saga has them.',
    from: { path: '^libs/saga/[^/]+/src/', pathNot: SPEC },
    to: { dependencyTypes: ['core'] },
  },
  sees(
    'entity-api-needs-no-service',
    ENTITY_API,
    [KERNEL, CLIENT],
    'Who adds an entity type needs neither messages nor services: the hosting service turns results into events.',
  ),
  sees(
    'driver-api-needs-no-service',
    DRIVER_API,
    [KERNEL, CLIENT],
    'Who writes a driver needs neither messages nor services: the hosting service turns results into events.',
  ),
  sees(
    'entities-see-their-api-only',
    'libs/openstack/entities',
    [ENTITY_API, KERNEL, CLIENT],
    'Plug-ins are functions of their inputs: another service may host them tomorrow.',
  ),
  sees(
    'drivers-see-their-api-only',
    'libs/replication/drivers',
    [DRIVER_API, 'libs/replication/blocks', KERNEL, CLIENT],
    'Plug-ins are functions of their inputs: a worker elsewhere, or a process of a third party, hosts them too.',
  ),
  sees(
    'blocks-know-no-cloud',
    'libs/replication/blocks',
    [KERNEL],
    'What moves blocks between two devices is usable without OpenStack; drivers know which volume is which device.',
  ),
  sees(
    'messaging-is-replaceable',
    'libs/messaging',
    [KERNEL, CONTRACTS],
    'An adapter is replaced without touching decisions, so it knows none, nor another adapter.',
  ),
  sees(
    'persistence-is-replaceable',
    'libs/persistence',
    [KERNEL, CONTRACTS, 'libs/messaging'],
    'An adapter is replaced without touching decisions. It may implement the outbox and inbox ports of messaging, no more.',
  ),
  sees(
    'telemetry-is-replaceable',
    'libs/telemetry',
    [KERNEL, CONTRACTS],
    'Every process loads telemetry first: it may pull in nothing that it is to observe.',
  ),
  sees(
    'openstack-client-is-replaceable',
    CLIENT,
    [KERNEL],
    'The client is usable without Lifeboat; services turn what it finds into messages.',
  ),
  sees(
    'service-kit-composes-adapters',
    'libs/service-kit',
    [KERNEL, CONTRACTS, ...ADAPTERS],
    'It puts adapters together for services; a domain in it would be in every service.',
  ),
  sees(
    'simulator-is-a-cloud',
    'libs/openstack/simulator',
    [],
    'It plays the other side: sharing code with our client would hide the mistakes of both.',
  ),
  sees(
    'api-client-speaks-contracts',
    'libs/api-client',
    [KERNEL, CONTRACTS],
    'It runs in consoles and scripts: no server code there.',
  ),
  sees(
    'reports-speak-contracts',
    'libs/report',
    [KERNEL, CONTRACTS],
    'What people read is made of what was recorded, and of nothing else.',
  ),
  sees(
    'cli-sees-the-api-only',
    'apps/cli',
    ['libs/api-client', KERNEL, CONTRACTS],
    'What the cli can do, any client of the API can; entity and driver schemas reach it as JSON, so a new driver needs no new cli.',
  ),
  sees(
    'console-sees-the-api-only',
    'apps/console',
    ['libs/api-client', KERNEL, CONTRACTS],
    'What the console can do, any client of the API can; entity and driver schemas reach it as JSON, so a new driver needs no new console.',
  ),
  sees(
    'fence-agent-stands-alone',
    'apps/fence-agent',
    [KERNEL, CONTRACTS, CLIENT, 'libs/service-kit', 'libs/telemetry'],
    'It must stop servers where nothing of Lifeboat can be reached: a clock, a file and the site is all that it goes by.',
  ),
];

const places = [
  {
    name: 'apps-meet-in-contracts',
    severity: 'error',
    comment: 'Services are built, deployed and killed one by one: they meet in messages only.',
    from: { path: '^apps/([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'libs-know-no-app',
    severity: 'error',
    comment: 'Apps compose libraries; the other way round every service would carry every other.',
    from: { path: '^libs/' },
    to: { path: '^apps/' },
  },
  {
    name: 'nothing-ships-tests',
    severity: 'error',
    comment: 'Tests and tools use the product; what the product used of them would have to be shipped.',
    from: { path: '^(apps|libs)/', pathNot: [SPEC, '^libs/testing/'] },
    to: { path: '^(test|tools)/' },
  },
  {
    name: 'simulator-and-testing-in-tests-only',
    severity: 'error',
    comment: 'A service that knows the simulator or the test kit could behave differently under test.',
    from: {
      path: OURS,
      pathNot: [SPEC, '^test/', '^tools/', '^apps/cloud-simulator/', '^libs/(testing|openstack/simulator)/'],
    },
    to: { path: ['^libs/(testing|openstack/simulator)/', '/src/simulated/'] },
  },
  {
    name: 'one-entity-knows-no-other',
    severity: 'error',
    comment:
      'Adding or removing an entity type is one file and one line; types of other services are referred to by name, and their order is computed.',
    from: { path: '^libs/openstack/entities/src/([^/]+)/', pathNot: SPEC },
    to: { path: '^libs/openstack/entities/src/[^/]+/', pathNot: '^libs/openstack/entities/src/$1/' },
  },
  {
    name: 'one-driver-knows-no-other',
    severity: 'error',
    comment:
      'Adding or removing a driver is one file and one line. What several need is in folders of their own (openstack/, application/, actions/).',
    from: { path: '^libs/replication/drivers/src/([^/]+)/', pathNot: SPEC },
    to: {
      path: '^libs/replication/drivers/src/[^/]+/',
      pathNot: ['^libs/replication/drivers/src/($1|openstack|application|actions)/'],
    },
  },
  {
    name: 'packages-by-their-index',
    severity: 'error',
    comment: 'A package is what its index.ts exports; everything else may change without asking.',
    from: { path: PACKAGE },
    to: { path: `${OURS}.+/src/`, pathNot: ['^$1/', '/src/index\\.ts$'] },
  },
  {
    name: 'packages-by-their-name',
    severity: 'error',
    comment: 'A relative path out of a package works here and not where the package is installed.',
    from: { path: PACKAGE },
    to: { path: `${OURS}.+/src/`, pathNot: '^$1/', dependencyTypesNot: ['aliased-workspace'] },
  },
];

const packages = [
  {
    name: 'bus-through-messaging-only',
    severity: 'error',
    comment:
      'Ids, trace context, in-progress acks and dead letters are added in libs/messaging; a message sent past it has none of them.',
    from: { path: OURS, pathNot: ['^libs/(messaging|testing)/', '^test/', '^tools/', SPEC] },
    to: { path: npm('@nats-io/[^/]+') },
  },
  {
    name: 'http-to-openstack-through-the-client-only',
    severity: 'error',
    comment:
      'Token renewal, retries that never repeat a create, and typed errors with the request id are in libs/openstack/client.',
    from: { path: OURS, pathNot: [`^${CLIENT}/`, '^libs/testing/', '^test/', '^tools/', SPEC] },
    to: { path: npm('undici') },
  },
  {
    name: 'frameworks-in-services-only',
    severity: 'error',
    comment: 'Decisions, contracts and plug-ins outlive the framework of the day; adapters and services know it.',
    from: {
      path: '^libs/(kernel|contracts|saga|replication|api-client|report|openstack/(entity-api|entities|simulator))/',
      // What the one driver carries is PostgreSQL: to ask it is its trade.
      pathNot: [SPEC, '^libs/replication/drivers/src/postgresql/'],
    },
    to: { path: npm('@nestjs/[^/]+', '@nats-io/[^/]+', 'typeorm', 'pg', 'undici') },
  },
  {
    name: 'nest-stays-in-services',
    severity: 'error',
    comment: 'Adapters serve command-line programs, tests and workers too, which have no Nest container.',
    from: { path: '^libs/(messaging|persistence|telemetry|openstack/client)/', pathNot: SPEC },
    to: { path: npm('@nestjs/[^/]+') },
  },
  {
    name: 'no-test-library-in-the-product',
    severity: 'error',
    comment:
      'What only tests need is not there where Lifeboat is installed without devDependencies. Folders named `testing` are for specs and soaks.',
    from: { path: '^(apps|libs|tools/demo)/', pathNot: [SPEC, '^libs/testing/', '^libs/.+/src/testing/'] },
    to: { path: npm('fast-check', 'jest', '@jest/[^/]+', '@swc/[^/]+') },
  },
  {
    name: 'declared-packages-only',
    severity: 'error',
    comment: 'A package that package.json does not name is there by accident, and gone with the next install.',
    from: { path: OURS },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
];

const sanity = [
  {
    name: 'no-cycles',
    severity: 'error',
    comment:
      'Files in a circle are loaded half-made, and can only be understood together. (Types alone make no circle at run time.)',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-dangling-import',
    severity: 'error',
    comment: 'What cannot be found here is not found at run time either.',
    from: { path: OURS },
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden: [...layers, ...places, ...packages, ...sanity],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: 'specify',
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@lifeboat/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
