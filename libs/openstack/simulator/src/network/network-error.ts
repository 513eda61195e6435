import { Refusal } from '../http/refusal.ts';

/** Neutron's refusals name their exception. */
export const neutron = (status: number, type: string, message: string): Refusal =>
  new Refusal(status, message, { type });

/** What Neutron says of what it does not find. */
const NOT_FOUND = {
  Network: (id: string) => `Network ${id} could not be found.`,
  Subnet: (id: string) => `Subnet ${id} could not be found.`,
  Port: (id: string) => `Port ${id} could not be found.`,
  Router: (id: string) => `Router ${id} could not be found`,
  FloatingIP: (id: string) => `Floating IP ${id} could not be found`,
  SecurityGroup: (id: string) => `Security group ${id} does not exist`,
  SecurityGroupRule: (id: string) => `Security group rule ${id} does not exist`,
  AddressGroup: (id: string) => `Address group ${id} could not be found.`,
  QosPolicy: (id: string) => `QoS policy ${id} could not be found.`,
  RbacPolicy: (id: string) => `RBAC policy of type unknown with ID ${id} not found`,
  SubnetPool: (id: string) => `Subnet pool ${id} could not be found.`,
  Trunk: (id: string) => `Trunk ${id} could not be found.`,
  PortForwarding: (id: string) => `Port Forwarding ${id} could not be found.`,
} as const;

export const missing = (kind: keyof typeof NOT_FOUND, id: string | undefined): Refusal =>
  neutron(404, `${kind}NotFound`, NOT_FOUND[kind](String(id)));

export const badResource = (resource: string, message: string): Refusal =>
  neutron(400, 'BadRequest', `Bad ${resource} request: ${message}.`);
export const invalidInput = (message: string): Refusal =>
  neutron(400, 'InvalidInput', `Invalid input for operation: ${message}.`);
export const httpBadRequest = (message: string): Refusal => neutron(400, 'HTTPBadRequest', message);
export const notByPolicy = (rule: string): Refusal =>
  neutron(403, 'PolicyNotAuthorized', `(rule:${rule}) is disallowed by policy`);
