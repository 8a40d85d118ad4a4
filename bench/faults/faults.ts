import { scenarioBenchmark } from '../call/scenario.ts';
import { COST_SCENARIOS } from './cost.ts';
import { FALSE_ALARM_SCENARIOS } from './false-alarms.ts';
import { LOSS_SCENARIOS } from './losses.ts';

/** Everything but a cut of UDP that a call has to live through. */
export const faultsBenchmark = scenarioBenchmark(
  'faults',
  'what a call has to live through beside a cut, what must not alarm it, and what that costs',
  [...LOSS_SCENARIOS, ...FALSE_ALARM_SCENARIOS, ...COST_SCENARIOS],
);
