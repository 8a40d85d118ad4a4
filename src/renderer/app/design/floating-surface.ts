import { createContext } from 'react';

/**
 * Where tooltips are put. Inside of a modal dialog that is the dialog: what lies outside of it is
 * drawn below it.
 */
export const FloatingSurface = createContext<HTMLElement | null>(null);
