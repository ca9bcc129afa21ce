import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file of `src`, by its path from the root, with what it imports: types and worker scripts as well. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Files of `src`. */
  readonly files: readonly string[];
  /** Packages and `node:` modules, by their whole specifier. */
  readonly packages: readonly string[];
  readonly exports: readonly string[];
}

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|\bnew URL\(\s*)'([^'\n]+)'/g;
const EXPORT =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;

export function readSources(): readonly SourceFile[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => readSource(`src/${name}`))
    .toSorted((a, b) => a.path.localeCompare(b.path));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const code = text.replaceAll(/^\s*\*.*$|^\s*\/\/.*$/gm, '');
  const specifiers = [...code.matchAll(IMPORT)].flatMap(([, specifier]) => specifier ?? []);
  const own = specifiers
    .filter((each) => each.startsWith('.') && each.endsWith('.js'))
    .map((each) => normalize(join(dirname(path), each)).replace(/\.js$/, '.ts'));
  return {
    path,
    lines: text.split('\n').length - 1,
    files: [...new Set(own)],
    packages: [...new Set(specifiers.filter((each) => !each.startsWith('.')))],
    exports: [...code.matchAll(EXPORT)].flatMap(([, name]) => name ?? []),
  };
}

/** The folder of a file; the public surfaces are rooms of their own. */
export function roomOf(path: string): string {
  return dirname(path) === 'src' ? path : dirname(path);
}

export function fileGraph(sources: readonly SourceFile[]): Graph {
  return new Map(sources.map(({ path, files }) => [path, new Set(files)]));
}

export function roomGraph(sources: readonly SourceFile[]): Graph {
  const rooms = new Map<string, Set<string>>();
  for (const { path, files } of sources) {
    const from = rooms.get(roomOf(path)) ?? new Set<string>();
    for (const file of files) if (roomOf(file) !== roomOf(path)) from.add(roomOf(file));
    rooms.set(roomOf(path), from);
  }
  return rooms;
}

/** Everything that can be reached from `start`, without it. */
export function reachable(graph: Graph, start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const target of graph.get(next) ?? []) {
      if (!found.has(target)) open.push(target);
      found.add(target);
    }
  }
  return found;
}

/** Each circle once, as the nodes that reach each other. */
export function circles(graph: Graph): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  for (const start of graph.keys()) {
    const beyond = reachable(graph, start);
    if (!beyond.has(start)) continue;
    const circle = [...beyond].filter((node) => reachable(graph, node).has(start)).toSorted();
    found.set(circle.join(' '), circle);
  }
  return [...found.values()];
}
