import { z } from 'zod';
import { PlanDocument } from './plan.ts';

/** The JSON Schema of a recovery plan, for editors. What it lets through may still be refused: exactly one key of a probe, say. */
export const planSchema = (): object => ({
  ...z.toJSONSchema(PlanDocument, { io: 'input' }),
  title: 'Lifeboat recovery plan, version 1',
});
