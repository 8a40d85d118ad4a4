import fs from 'node:fs';
import { z } from 'zod';
import type { Need } from '../setup/needs.ts';
import { inProject } from '../setup/project.ts';
import { whyNoFirewallTests } from './firewall-support.ts';

/** One command of a suite: arguments for Node. */
interface Check {
  name: string;
  args: readonly string[];
}

interface SuiteBase {
  name: string;
  /** What set-up has to do before it. */
  needs: readonly Need[];
  /** After this long the suite hangs and is ended. In minutes; several times what it takes. */
  limitMinutes: number;
  /** Why it cannot run here; null when it can. */
  whySkipped?: () => string | null;
}

/** A suite in which each command is one test: it passes when the command does. */
export interface CheckSuite extends SuiteBase {
  kind: 'checks';
  checks: () => readonly Check[];
}

/** A suite whose runner counts the tests itself and writes the outcome by our reporter. */
export interface RunnerSuite extends SuiteBase {
  kind: 'runner';
  args: (grep: string | undefined) => readonly string[];
}

export type TestSuite = CheckSuite | RunnerSuite;

const nodeModule = (...parts: string[]): string => inProject('node_modules', ...parts);

const vitest =
  (project: string) =>
  (grep: string | undefined): string[] => [
    nodeModule('vitest', 'vitest.mjs'),
    'run',
    `--project=${project}`,
    '--reporter=default',
    `--reporter=${inProject('tools', 'test', 'reporters', 'vitest.ts')}`,
    ...(grep === undefined ? [] : ['--testNamePattern', grep, '--passWithNoTests']),
  ];

const playwright =
  (project: string) =>
  (grep: string | undefined): string[] => [
    nodeModule('@playwright', 'test', 'cli.js'),
    'test',
    `--project=${project}`,
    `--reporter=list,${inProject('tools', 'test', 'reporters', 'playwright.ts')}`,
    ...(grep === undefined ? [] : ['--grep', grep, '--pass-with-no-tests']),
  ];

/** All that `npm test` runs, in this order: the quick ones first. */
export const SUITES: readonly TestSuite[] = [
  {
    name: 'lint',
    kind: 'checks',
    needs: [],
    limitMinutes: 10,
    checks: () => [
      { name: 'eslint', args: [nodeModule('eslint', 'bin', 'eslint.js'), '--max-warnings=0', '.'] },
      { name: 'prettier', args: [nodeModule('prettier', 'bin', 'prettier.cjs'), '--check', '.'] },
    ],
  },
  {
    name: 'types',
    kind: 'checks',
    needs: [],
    limitMinutes: 10,
    checks: () =>
      typeScriptProjects().map((project) => ({
        name: project,
        args: [nodeModule('typescript', 'bin', 'tsc'), '--pretty', '-p', inProject(project)],
      })),
  },
  {
    name: 'unused',
    kind: 'checks',
    needs: [],
    limitMinutes: 3,
    checks: () => [{ name: 'knip', args: [nodeModule('knip', 'bin', 'knip.js')] }],
  },
  { name: 'unit', kind: 'runner', needs: [], limitMinutes: 10, args: vitest('unit') },
  {
    name: 'integration',
    kind: 'runner',
    needs: ['worker', 'proxy', 'e2e', ...needsOfFirewalls()],
    limitMinutes: 12,
    args: vitest('integration'),
  },
  {
    name: 'runtime',
    kind: 'runner',
    needs: ['app', 'e2e'],
    limitMinutes: 8,
    args: playwright('runtime'),
  },
  {
    name: 'start',
    kind: 'runner',
    needs: ['worker', 'app', 'demo', 'proxy', ...needsOfFirewalls()],
    limitMinutes: 10,
    args: playwright('start'),
  },
  {
    name: 'engine',
    kind: 'runner',
    needs: ['worker', 'app', 'e2e'],
    limitMinutes: 12,
    args: playwright('engine'),
  },
  {
    name: 'e2e',
    kind: 'runner',
    needs: ['worker', 'app', 'e2e', 'proxy'],
    limitMinutes: 15,
    args: playwright('e2e'),
  },
  {
    name: 'firewall',
    kind: 'runner',
    needs: ['worker', 'app', 'e2e', 'proxy', 'firewall'],
    limitMinutes: 25,
    whySkipped: whyNoFirewallTests,
    args: playwright('firewall'),
  },
];

/** Some integration tests make namespaces where they can, and skip themselves where not. */
function needsOfFirewalls(): Need[] {
  return whyNoFirewallTests() === null ? ['firewall'] : [];
}

const solutionSchema = z.object({ references: z.array(z.object({ path: z.string() })).min(1) });

/** The projects that tsconfig.json refers to. */
function typeScriptProjects(): string[] {
  const solution = JSON.parse(fs.readFileSync(inProject('tsconfig.json'), 'utf8')) as unknown;
  return solutionSchema.parse(solution).references.map((reference) => reference.path);
}
