import { expect, it } from 'vitest';
import playwrightConfig from '../../../playwright.config.ts';
import { SUITES } from '../../../tools/test/suites.ts';
import vitestConfig from '../../../vitest.config.ts';

const suites = SUITES.filter(({ kind }) => kind === 'runner').map(({ name }) => name);

it('npm test runs every project of both test runners, and no other', () => {
  const projects = [
    ...(vitestConfig.test?.projects ?? []).map((project) =>
      typeof project === 'object' && 'test' in project ? project.test.name : project,
    ),
    ...(playwrightConfig.projects ?? []).map(({ name }) => name),
  ];
  expect(projects.toSorted()).toEqual(suites.toSorted());
});
