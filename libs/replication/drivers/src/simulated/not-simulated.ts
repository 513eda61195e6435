/** Drivers for which the simulated clouds are too little, and why; their suites run on the real clouds alone. */
export const NOT_SIMULATED: Readonly<Record<string, string>> = {
  'rbd-mirror': 'needs two Ceph clusters that mirror each other',
};
