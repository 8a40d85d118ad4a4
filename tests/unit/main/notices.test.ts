import { expect, it } from 'vitest';
import { Notices } from '../../../src/main/notices.ts';

const notice = (id: string, title = id) =>
  ({ id, severity: 'info', title, text: 'What happened and what to do.' }) as const;

it('keeps a notice until it is dismissed, and tells of every change', () => {
  const notices = new Notices();
  const heard: string[][] = [];
  notices.onChanged((list) => heard.push(list.map(({ title }) => title)));
  notices.add(notice('a'));
  notices.add(notice('b'));
  notices.add(notice('a', 'a again'));
  notices.dismiss('b');
  notices.dismiss('unknown');
  expect(heard).toEqual([['a'], ['a', 'b'], ['a again', 'b'], ['a again']]);
  expect(notices.list().map(({ id }) => id)).toEqual(['a']);
});
