import { describe, expect, it } from 'vitest';
import { pages, readPage } from './pages.js';

/** Whatever a stranger reads, and what a contributor does. */
const READ = [...pages(), 'CONTRIBUTING.md'];
const MOST_WORDS = 29;
const MOST_CHARACTERS = 140;

it('README.md is read in one sitting: at most 250 lines', () => {
  expect(readPage('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(250);
});

describe.each(READ)('%s', (path) => {
  const page = readPage(path);

  it(`has no line over ${MOST_CHARACTERS} characters, but for the rows of tables`, () => {
    const long = page
      .split('\n')
      .map((line, index) => ({ line, at: `${path}:${index + 1}` }))
      .filter(({ line }) => !line.startsWith('|') && [...line].length > MOST_CHARACTERS);
    expect(long).toStrictEqual([]);
  });

  it(`has no sentence over ${MOST_WORDS} words`, () => {
    expect(sentencesOf(page).filter((sentence) => wordsIn(sentence) > MOST_WORDS)).toStrictEqual([]);
  });
});

it('CHANGELOG.md keeps its form: a heading a version, and below it what was added, changed or fixed', () => {
  const headings = readPage('CHANGELOG.md').match(/^##.*$/gm) ?? [];
  const version = /^## \[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d\d-\d\d)?$/;
  const known = /^### (Added|Changed|Deprecated|Removed|Fixed|Security)$/;
  expect(headings[0]).toBe('## [Unreleased]');
  expect(headings.filter((heading) => !version.test(heading) && !known.test(heading))).toStrictEqual([]);
});

describe('how sentences are counted', () => {
  it('ends them at a full stop, a list item, a blank line; leaves out code, tables, headings and comments', () => {
    const page =
      '# A title\n\nOne two. Three `a b c` four?\nFive\n\n- six\n- seven\n\n| a | b |\n\n```sh\nx y\n```\n<!-- z -->';
    expect(sentencesOf(page)).toStrictEqual(['One two.', 'Three `a b c` four?', 'Five', 'six', 'seven']);
    expect(wordsIn('Three `a b c` four?')).toBe(3);
  });
});

/** The sentences of a page's prose. */
function sentencesOf(page: string): readonly string[] {
  return page
    .replace(/^```[\s\S]*?^```$/gm, '\n')
    .replace(/<!--[\s\S]*?-->/g, '\n')
    .replace(/^(\||#| {4}).*$/gm, '\n')
    .replace(/^ *([-*]|\d+\.) /gm, '\n\n')
    .split(/\n\s*\n/)
    .flatMap((paragraph) => paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?][)*"]?) /))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** A piece of code counts as one word. */
function wordsIn(sentence: string): number {
  return sentence
    .replace(/`[^`]*`/g, 'code')
    .split(' ')
    .filter((word) => /\w/.test(word)).length;
}
