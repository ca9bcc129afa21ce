import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circles, fileGraph, ROOT, reachable, readSources, roomGraph, roomOf } from './source-graph.js';

const MOST_FILES = 20;
const MOST_LINES = 300;
const NO_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc', 'shared'];

const sources = readSources();
const files = fileGraph(sources);
const rooms = roomGraph(sources);
const contributing = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');

/** Cells of the table below a heading of CONTRIBUTING.md. */
function tableBelow(heading: string): readonly (readonly string[])[] {
  const section = contributing.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|--'))
    .slice(1)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

const pathsIn = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, path]) => path ?? []);

/** The rooms of CONTRIBUTING.md from the ground up. */
const floors = tableBelow('Rooms').flatMap(([room]) => pathsIn(room));

describe('the house', () => {
  it('prints its rooms and arrows', () => {
    const arrows = [...rooms].flatMap(([from, to]) => [...to].map((target) => `${from} -> ${target}`));
    const files = sources.map(({ files }) => files.length).reduce((sum, each) => sum + each, 0);
    const lines = sources.map((each) => each.lines).reduce((sum, each) => sum + each, 0);
    console.info(
      `${rooms.size} rooms, ${arrows.length} arrows between them; ${sources.length} files, ${files} arrows, ` +
        `${lines} lines; circles of rooms ${circles(rooms).length}; arrows back up ${backUp().length}`,
    );
    if (process.env['ARROWS'] !== undefined) console.info(arrows.toSorted().join('\n'));
    expect(sources.length).toBeGreaterThan(100);
  });

  it('has every room in the table of CONTRIBUTING.md, and no other', () => {
    expect(floors.toSorted()).toEqual([...rooms.keys()].toSorted());
  });

  it('has no circle of files', () => expect(circles(files)).toEqual([]));
  it('has no circle of rooms', () => expect(circles(rooms)).toEqual([]));
  it('has no arrow that runs back up', () => expect(backUp()).toEqual([]));

  it(`has at most ${MOST_FILES} files a folder`, () => {
    const counts = groupBy(sources, ({ path }) => roomOf(path));
    expect([...counts].filter(([, inside]) => inside.length > MOST_FILES).map(([room]) => room)).toEqual([]);
  });

  it(`has at most ${MOST_LINES} lines a file`, () => {
    expect(sources.filter(({ lines }) => lines > MOST_LINES).map(({ path }) => path)).toEqual([]);
  });

  it('imports nothing that is not there', () => {
    const known = new Set(sources.map(({ path }) => path));
    const lost = sources.flatMap(({ path, files }) =>
      files.filter((each) => !known.has(each)).map((each) => `${path} -> ${each}`),
    );
    expect(lost).toEqual([]);
  });
});

describe('names', () => {
  it('exports each name once', () => {
    const places = groupBy(
      sources
        .filter(({ path }) => !path.startsWith('src/core/vendors/'))
        // A function with overloads is exported once.
        .flatMap(({ path, exports }) => [...new Set(exports)].map((name) => ({ name, path }))),
      ({ name }) => name,
    );
    const twice = [...places].filter(([, found]) => found.length > 1);
    expect(twice.map(([name, found]) => `${name}: ${found.map(({ path }) => path).join(', ')}`)).toEqual([]);
  });

  it('has no file whose name permutes the words of another', () => {
    const words = (path: string) => basename(path, '.ts').split('-').toSorted().join('-');
    // A command is called as what users type; vendors name their files alike.
    const outside = sources.filter(({ path }) => !/^src\/(core\/vendors|cli\/commands)\//.test(path));
    const groups = groupBy(
      outside.filter(({ path }) => basename(path).includes('-')),
      ({ path }) => words(path),
    );
    const twice = [...groups.values()].filter((group) => group.length > 1);
    expect(twice.map((group) => group.map(({ path }) => path))).toEqual([]);
  });

  it('has no drawer for what found no place', () => {
    const drawers = sources.filter(({ path }) => path.split(/[/.]/).some((part) => NO_NAMES.includes(part)));
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });
});

describe('floors', () => {
  const layer = (path: string): string => /^src\/(core|node|cli)(?:\/|\.ts$)/.exec(path)?.[1] ?? 'core';
  const below: Readonly<Record<string, readonly string[]>> = {
    core: ['core'],
    node: ['core', 'node'],
    cli: ['core', 'node', 'cli'],
  };

  it('runs cli → node → core', () => {
    const wrong = sources.flatMap(({ path, files }) =>
      files.filter((each) => !below[layer(path)]?.includes(layer(each))).map((each) => `${path} -> ${each}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no module of Node.js in core', () => {
    const impure = sources.filter(
      ({ path, packages }) => layer(path) === 'core' && packages.some((each) => each.startsWith('node:')),
    );
    expect(impure.map(({ path }) => path)).toEqual([]);
  });

  it('verifies without what generates', () => {
    const reached = [...reachable(files, 'src/verify.ts')];
    expect(reached.filter((path) => /\/(generate|format|dedupe|bulk-create|vendors)\//.test(path))).toEqual(
      [],
    );
  });
});

describe('dependencies', () => {
  const rows = tableBelow('Dependencies').map(([names, importers]) => ({
    packages: (names ?? '')
      .replace(/\(.*\)/, '')
      .split(',')
      .map((name) => name.trim()),
    importers: pathsIn(importers),
  }));

  it('are imported only where CONTRIBUTING.md says', () => {
    const wrong = sources.flatMap(({ path, packages }) =>
      packages
        .filter((each) => !each.startsWith('node:'))
        .filter((each) => !allowed(path, each))
        .map((each) => `${path} imports ${each}`),
    );
    expect(wrong).toEqual([]);
  });

  it('that CONTRIBUTING.md lists are imported where it says', () => {
    const idle = rows.flatMap(({ packages, importers }) =>
      importers.filter(
        (place) =>
          !sources.some(
            ({ path, packages: used }) =>
              path.startsWith(place) && used.some((each) => packages.some((name) => isPart(each, name))),
          ),
      ),
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(idle).toEqual([]);
  });

  function allowed(path: string, specifier: string): boolean {
    return rows.some(
      ({ packages, importers }) =>
        packages.some((name) => isPart(specifier, name)) && importers.some((place) => path.startsWith(place)),
    );
  }

  function isPart(specifier: string, name: string): boolean {
    return specifier === name || specifier.startsWith(`${name}/`);
  }
});

// `Map.groupBy` is younger than the oldest Node.js we serve.
function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

function backUp(): readonly string[] {
  return [...rooms].flatMap(([from, to]) =>
    [...to]
      .filter((target) => floors.indexOf(target) > floors.indexOf(from))
      .map((target) => `${from} -> ${target}`),
  );
}
