import { z } from 'zod';
import { Finding, Mappings, Name } from './common.ts';
import { Fences, Hook, NamedServer, oneOf, Port, Seconds, ServerSelector } from './plan-parts.ts';
import { TrafficSwitch } from './traffic.ts';

/** Recovery plans: the document as people write it, and what runs make of it. Times are whole seconds. */

/** The servers that no wave names are started last, in a wave of this name. */
export const THE_REST = 'the rest';

const Text = z.string().min(1).max(500);
/** A server of this or an earlier wave, by name or id. */
const Server = z.string().min(1);

const isPattern = (pattern: string): boolean => {
  try {
    return new RegExp(pattern).source !== '';
  } catch {
    return false;
  }
};

const probes = {
  tcp: z.strictObject({ server: Server, port: Port }).optional(),
  http: z
    .strictObject({
      server: Server,
      port: Port,
      path: z.string().startsWith('/').max(1_000).optional(),
      status: z.number().int().min(100).max(599).optional(),
    })
    .optional(),
  /** `named`: one of the databases that the plans file names, since a password belongs to it. */
  sql: z.strictObject({ server: Server, named: Name }).optional(),
  console: z
    .strictObject({ server: Server, line: z.string().min(1).max(500).refine(isPattern, 'no regular expression') })
    .optional(),
  command: Name.optional(),
  /** From the start of the wave's probes; 60 without it. */
  within: Seconds.optional(),
};

/** A question whose answer shows that a wave serves. */
export const Probe = z.strictObject(probes).superRefine(oneOf('tcp', 'http', 'sql', 'console', 'command'));
export type Probe = z.infer<typeof Probe>;

export const PlanWave = z.strictObject({
  name: z
    .string()
    .max(60)
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 'letters, digits, blanks, ".", "_" and "-"')
    .refine((name) => name !== THE_REST, `"${THE_REST}" is what no wave names: give it another name`),
  servers: z.array(ServerSelector).min(1).max(200),
  before: z.array(Hook).max(20).optional(),
  probes: z.array(Probe).max(50).optional(),
  after: z.array(Hook).max(20).optional(),
  /** Asked of a person, who says "go on"; nobody's word within a week has the run undone. */
  prompt: Text.optional(),
  /** Before the next wave. */
  delay: z.number().int().min(1).max(86_400).optional(),
});
export type PlanWave = z.infer<typeof PlanWave>;

export const PlanName = z.string().regex(/^[a-z0-9-]{1,63}$/, 'lower-case letters, digits and "-"');

/** `kind: RecoveryPlan`, version 1. */
export const PlanDocument = z.strictObject({
  apiVersion: z.literal('lifeboat/v1'),
  kind: z.literal('RecoveryPlan'),
  metadata: z.strictObject({ name: PlanName }),
  spec: z.strictObject({
    group: z.string().min(1),
    /** In place of the group's own, name by name. */
    mappings: z.strictObject(Mappings.shape).optional(),
    /** In this order, before an unplanned failover makes anything. Never in a drill. */
    fence: Fences.optional(),
    waves: z
      .array(PlanWave)
      .max(50)
      .superRefine((waves, context) => {
        for (const [i, { name }] of waves.entries())
          if (waves.findIndex((other) => other.name === name) < i)
            context.addIssue({ code: 'custom', path: [i, 'name'], message: `another wave is called "${name}"` });
      })
      .optional(),
    /** After the commit, in this order; put back by a fail-back. Never in a drill. */
    traffic: z.array(TrafficSwitch).max(50).optional(),
  }),
});
export type PlanDocument = z.infer<typeof PlanDocument>;

/** A probe whose server was found in the point. */
export const ResolvedProbe = z.object({ ...probes, serverId: z.string().optional() });
export type ResolvedProbe = z.infer<typeof ResolvedProbe>;

/** A wave whose servers were found in the point that a run serves from. */
export const ResolvedWave = z.object({
  name: z.string(),
  servers: z.array(NamedServer),
  before: z.array(Hook),
  probes: z.array(ResolvedProbe),
  after: z.array(Hook),
  prompt: z.string().optional(),
  delay: z.number().int().optional(),
});
export type ResolvedWave = z.infer<typeof ResolvedWave>;

/** What a run goes by, from its start to its end, whatever becomes of the plan meanwhile. */
export const RunPlan = z.object({
  name: z.string(),
  version: z.number().int(),
  skipPrompts: z.literal(true).optional(),
  /** Somebody has fenced the primary by other means. */
  unfenced: z.literal(true).optional(),
});
export type RunPlan = z.infer<typeof RunPlan>;

/** Of a request for a run: how it differs from the plan. */
export const planOverrides = {
  /** In place of the newest version. */
  planVersion: z.number().int().min(1).optional(),
  skipPrompts: z.literal(true).optional(),
};

export const ProbeResult = z.object({
  server: z.string().optional(),
  /** `tcp 5432`, `console`, `command check-shop` */
  probe: z.string(),
  outcome: z.enum(['passed', 'skipped', 'failed']),
  at: z.string(),
  said: z.string().optional(),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

export const HookResult = z.object({
  hook: z.string(),
  outcome: z.enum(['done', 'skipped']),
  at: z.string(),
  said: z.string().optional(),
});
export type HookResult = z.infer<typeof HookResult>;

/** `verified`: readiness found no blocker when somebody asked, or a drill went through, and nothing that the plan covers has changed since. */
export const PlanState = z.enum(['needs-verification', 'verified']);
export type PlanState = z.infer<typeof PlanState>;

export const PlanVerifiedBy = z.enum(['readiness', 'drill']);

const standing = {
  version: z.number().int(),
  state: PlanState,
  /** Why it needs verification. */
  why: z.string().optional(),
};

/** A group's plan as the group shows it. */
export const PlanOfGroup = z.object({ name: z.string(), ...standing });
export type PlanOfGroup = z.infer<typeof PlanOfGroup>;

export const PlanVersion = z.object({
  version: z.number().int(),
  appliedAt: z.string(),
  appliedBy: z.string(),
  /** Of the document without its form: equal documents have equal ones. */
  digest: z.string(),
});
export type PlanVersion = z.infer<typeof PlanVersion>;

export const PlanSummary = z.object({
  name: z.string(),
  groupId: z.string(),
  ...standing,
  ...PlanVersion.shape,
  verified: z
    .object({ version: z.number().int(), at: z.string(), by: PlanVerifiedBy, runId: z.string().optional() })
    .optional(),
});
export type PlanSummary = z.infer<typeof PlanSummary>;

export const PlanView = PlanSummary.extend({
  document: PlanDocument,
  /** As it was given, comments and all. */
  text: z.string(),
  /** Worth knowing: what has no way back. */
  warnings: z.array(Finding),
});
export type PlanView = z.infer<typeof PlanView>;
