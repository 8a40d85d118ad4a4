import { config } from 'zod';

/** The content security policy forbids code from strings: zod must not try to compile any. */
config({ jitless: true });
