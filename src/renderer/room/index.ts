/** The room engine: everything that a program needs to hold a call. Knows no React, no Electron. */
export { createRoom, forgetPrepared, prepareRoom } from './create-room.ts';
export type * from './contract.ts';
