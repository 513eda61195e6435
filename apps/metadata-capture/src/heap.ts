import { setFlagsFromString } from 'node:v8';

/**
 * Pages make garbage by the megabyte; by itself V8 lets a small heap grow to four times what is in use before it looks. It decides so at each look, for the time
 * up to the next one, and looks for the second time when the service is loaded, at 60 MB: this is said before, as else chance decides whether 200 are allowed.
 */
setFlagsFromString('--heap-growing-percent=50');
